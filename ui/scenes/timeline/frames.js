// Moments of a training under the rows: a small chart of what it came to, and a slider that exchanges the numbers of all
// rows for those of another moment. Arrays with the sign # hold them, one more axis in front.

const [CHART_WIDTH, CHART_HEIGHT] = [270, 104];

// Put the numbers and texts of moment k in the place of those that are shown.
function exchange(data, k) {
  for (const name of data.frames.arrays) {
    const { data: numbers, shape } = data[`#${name}`];
    const size = numbers.length / shape[0];
    data[`@${name}`] = { data: numbers.subarray(k * size, (k + 1) * size), shape: shape.slice(1) };
  }
  const texts = data.frames.texts[k];
  if (!texts) return; // all moments have the same
  Object.assign(data, { steps: texts.steps, words: texts.words });
  for (const row of data.rows) row.units = texts.units[row.name] ?? row.units;
}

// The panel: { node, update(data), index }; `show(k)` is called when another moment is chosen.
function createFrames(root, show) {
  const [chart, cursor] = [element("canvas", { role: "img" }), element("div", { class: "cursor" })];
  const title = element("div", { class: "title" });
  const plot = element("div", { class: "plot" }, chart, cursor);
  let [data, asked, index] = [null, null, 0];
  const play = transport({ label: "Moment of the training", rate: 8, line: "moment", count: () => data.frames.places.length, describe, select });
  const head = element("div", { class: "head" }, title, play.say); // beside the title the line has room
  const node = element("div", { class: "frames", hidden: true }, head, plot, play.bar);

  function describe(k) {
    const { places, name, end } = data.frames;
    return `${name} ${places[k]} of ${end}`;
  }

  function left(place) {
    return 26 + ((CHART_WIDTH - 34) * place) / (data.frames.end || 1);
  }

  function select(k) {
    index = k;
    play.set(k);
    cursor.style.transform = `translateX(${left(data.frames.places[k])}px)`;
    exchange(data, k);
    show(k);
  }

  // Called before the rows are drawn; keeps the chosen moment unless Python asks for another.
  function update(fresh) {
    data = fresh;
    node.hidden = !data.frames;
    if (!data.frames) return;
    const request = JSON.stringify([data.frames.now, data.frames.places]);
    if (request !== asked) index = data.frames.now;
    asked = request;
    index = clamp(index, 0, data.frames.places.length - 1);
    title.textContent = data.frames.label;
    for (const control of play.bar.querySelectorAll("button, input")) control.disabled = data.frames.places.length < 2;
    play.refresh();
    play.set(index);
    exchange(data, index);
    draw();
    cursor.style.transform = `translateX(${left(data.frames.places[index])}px)`;
  }

  function draw() {
    const { frames } = data;
    const colours = theme(root);
    const context = prepare(chart, CHART_WIDTH, CHART_HEIGHT);
    const top = frames.top || 1;
    const y = (number) => 6 + (CHART_HEIGHT - 12) * (1 - Math.min(1, number / top));
    context.font = SMALL;
    context.textBaseline = "middle";
    context.fillStyle = css(mix(colours.background, colours.text, 0.75));
    context.strokeStyle = "rgba(128,128,128,0.35)";
    drawLevels(context, top, y);
    if (data["#curvePlaces"].data.length < 2) context.fillText(frames.empty, 40, y(0.75 * top));
    drawCurves(context, y);
  }

  function drawLevels(context, top, y) {
    const { level, levelName } = data.frames;
    const across = (number) => stroke(context, [[26, y(number)], [CHART_WIDTH - 8, y(number)]]);
    context.textAlign = "right";
    for (const share of [0, 0.5, 1]) {
      context.fillText(format(share * top, 2), 22, y(share * top), 21);
      across(share * top);
    }
    context.textAlign = "left";
    if (level === null) return;
    context.setLineDash([3, 3]);
    across(level);
    context.setLineDash([]);
    context.fillText(levelName, 30, y(level) + 8);
  }

  function drawCurves(context, y) {
    const { data: numbers, shape: [, count] } = data["#curves"];
    const { roles, units } = data.frames;
    context.lineWidth = 2;
    roles.forEach((role, u) => {
      context.strokeStyle = COLOURS[role];
      const line = [...data["#curvePlaces"].data].map((place, k) => [left(place), y(numbers[k * count + u])]);
      stroke(context, line.filter(([, height]) => Number.isFinite(height)));
    });
    const last = units.map((name, u) => `${name} ${format(numbers[numbers.length - count + u], 3)}`);
    chart.setAttribute("aria-label", last.join(", "));
  }

  function nearest(event) {
    const place = ((event.clientX - plot.getBoundingClientRect().left - 26) / (CHART_WIDTH - 34)) * data.frames.end;
    const { places } = data.frames;
    return places.reduce((best, x, k) => (Math.abs(x - place) < Math.abs(places[best] - place) ? k : best), 0);
  }
  const drag = (event) => {
    play.stop();
    const k = nearest(event);
    if (k !== index) select(k);
  };
  plot.addEventListener("pointerdown", (event) => { plot.setPointerCapture(event.pointerId); drag(event); });
  plot.addEventListener("pointermove", (event) => event.buttons && drag(event));
  return { node, update, stop: play.stop };
}
