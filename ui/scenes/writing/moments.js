// The moments of a training: how the perplexity fell, on a log axis, and a slider that shows what each of them writes.

const limit = (number, low, high) => Math.max(low, Math.min(high, number));
const PLOT = 84;

// { node, update(data) -> moment, draw() after it, stop() }; `show(f)` is called when another moment is chosen.
function createTraining(root, show) {
  const [chart, now] = [element("canvas", { role: "img" }), element("div", { class: "now" })];
  const plot = element("div", { class: "plot" }, chart, now);
  const [where, said] = [element("output"), element("div", { class: "said" })];
  let [data, asked, index] = [null, null, 0];
  const play = transport({ label: "Moment of the training", rate: 2, count: () => data.places.length, describe, select });
  const node = element("div", { class: "training" },
    element("div", { class: "head" }, element("b", {}, "Training: perplexity"), where), plot, play.bar, said);

  function describe(f) {
    return `step ${data.places[f]} of ${data.end}`;
  }

  const left = (step) => 30 + ((chart.clientWidth || 270) - 38) * (step / (data.end || 1));

  function say() {
    where.textContent = describe(index);
    said.textContent = data.said[index];
    now.style.transform = `translateX(${left(data.places[index])}px)`;
  }

  function select(f) {
    index = f;
    play.set(f);
    say();
    show(f);
  }

  function update(fresh) {
    data = fresh;
    const request = JSON.stringify([data.now, data.places]);
    if (request !== asked) index = data.now;
    asked = request;
    index = limit(index, 0, data.places.length - 1);
    for (const control of play.bar.querySelectorAll("button, input")) control.disabled = data.places.length < 2;
    play.refresh();
    play.set(index);
    return index;
  }

  function draw() {
    const colours = theme(root);
    const width = plot.clientWidth || 270;
    const context = prepare(chart, width, PLOT);
    const { data: numbers, shape } = data.curve;
    const finite = numbers.filter((number) => Number.isFinite(number) && number > 0);
    const [low, high] = [Math.log(Math.min(2, ...finite)), Math.log(Math.max(10, ...finite))];
    const y = (number) => PLOT - 18 - (PLOT - 26) * ((Math.log(number) - low) / (high - low));
    context.font = "11px sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.lineWidth = 1;
    for (const level of [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((v) => Math.log(v) >= low && Math.log(v) <= high)) {
      context.strokeStyle = "rgba(128,128,128,0.25)";
      line(context, [[30, y(level)], [width - 8, y(level)]]);
      if (![2, 10, 50, 200, 1000].includes(level)) continue;
      context.fillStyle = css(mix(colours.background, colours.text, 0.75));
      context.fillText(String(level), 26, y(level));
    }
    curves(context, colours, numbers, shape, y);
    chart.setAttribute("aria-label", `Perplexity over ${data.end} steps. ${data.said[index]}`);
    say();
  }

  function curves(context, colours, numbers, [count], y) {
    for (const [k, [name, role]] of [["trained on", "result"], ["held out", "input"]].entries()) {
      const points = Array.from({ length: count }, (_, s) => [left(data.steps.data[s]), numbers[2 * s + k]]).filter(([, v]) => Number.isFinite(v));
      context.strokeStyle = context.fillStyle = css(mix(rgb(COLOURS[role]), colours.text, 0.2));
      context.lineWidth = 2;
      line(context, points.map(([x, v]) => [x, y(v)]));
      for (const [x, v] of points.length < 2 ? points : []) context.fillRect(x - 2, y(v) - 2, 4, 4);
      context.textAlign = "left";
      if (points.length) context.fillText(name, 34 + 80 * k, PLOT - 6);
    }
  }

  function line(context, points) {
    context.beginPath();
    points.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
  }

  function drag(event) {
    if (!event.buttons && event.type !== "pointerdown") return;
    play.stop();
    const x = event.clientX - plot.getBoundingClientRect().left;
    const gaps = data.places.map((place) => Math.abs(left(place) - x));
    const nearest = gaps.indexOf(Math.min(...gaps));
    if (nearest !== index) select(nearest);
  }
  plot.addEventListener("pointerdown", drag);
  plot.addEventListener("pointermove", drag);
  return { node, update, draw, stop: () => play.stop() };
}
