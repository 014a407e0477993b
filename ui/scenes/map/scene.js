// Labelled points with their true neighbours. The ground (points, arrows, labels) is one canvas, what follows the mouse
// another above it, so that a hover redraws a few lines and not ten thousand points.

const HUES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#8C6BB1", "#B2912F", "#4D4D4D"];
const REACH = 16; // px: how near the mouse must be
const MORPH = 260; // ms

export default scene("map", (root, tools) => {
  let data = null; // the last update
  let colours = null;
  let names = []; // labels, then marks
  let shown = new Float32Array(0); // positions on the screen now, between two frames while they morph
  let screen = new Float32Array(0);
  let depth = new Float32Array(0);
  let frame = 0;
  let focus = -1;
  let pinned = false;
  let placed = []; // labels of the ground
  let order = []; // points by importance
  let widths = new Map();
  let dimmed = new Set(); // groups switched off
  let morph = null;
  let flight = null; // the camera on its way to a searched word
  let due = 0;
  const cam = camera();

  const ground = element("canvas");
  const above = element("canvas", { tabindex: 0, role: "application", class: "above" });
  const tool = (text, name, act) => element("button", { type: "button", class: "chip", "aria-label": name, title: name, onclick: act }, text);
  const corner = element("div", { class: "zoom" }, tool("+", "Zoom in", () => zoom(1.5)), tool("−", "Zoom out", () => zoom(1 / 1.5)),
    tool("⤢", "Show everything", () => home()));
  const axisX = element("div", { class: "axis x" });
  const axisY = element("div", { class: "axis y" });
  const stage = element("div", { class: "stage" }, ground, above, axisX, axisY, corner);
  const panel = neighbourPanel({ pick: (i) => select(i, true, true), find });
  const legend = element("div", { class: "legend" });
  const bar = transport({ label: "Snapshot", count: () => data?.frames.length ?? 1, describe: (k) => data?.frames[k] ?? "",
    select: (k) => show(k, true), rate: 3 });
  bar.bar.querySelector("input").addEventListener("input", () => (morph = morph && { ...morph, start: -Infinity })); // dragged: no delay
  root.append(element("div", { class: "layout" }, stage, panel.node), legend, bar.bar);

  // ---- drawing -------------------------------------------------------------------------------------------------

  const N = () => data.labels.length;
  const hue = (i) => rgb(data.groupColours[data.group ? data.group.data[i] : 0] ?? HUES[(data.group ? data.group.data[i] : 0) % HUES.length]);
  const off = (i) => data.group && dimmed.has(data.group.data[i]);
  const dot = () => (N() > 4000 ? 2 : N() > 600 ? 3 : 4.5);
  const wide = (context) => (i) => {
    if (!widths.has(names[i])) widths.set(names[i], context.measureText(names[i]).width);
    return widths.get(names[i]);
  };
  const font = (context, bold) => (context.font = `${bold ? "600 " : ""}13px ${getComputedStyle(root).fontFamily}`);

  function request() {
    due ||= requestAnimationFrame(tick);
  }
  function tick(now) {
    due = 0;
    const moving = advanceMorph(now) | advanceFlight(now);
    draw(!moving);
    if (moving) request();
  }

  function draw(settled = true) {
    if (!data) return;
    const box = { width: stage.clientWidth, height: stage.clientHeight };
    cam.resize(box.width, box.height);
    cam.project(shown, screen, depth);
    const context = prepare(ground, box.width, box.height);
    axes(context, box);
    points(context);
    arrows(context);
    font(context);
    if (settled || !placed.length) placed = placeLabels(order.filter((i) => !off(i)), screen, dot(), wide(context), box, (box.width * box.height) / 4200);
    for (const { index, dx, dy } of placed) text(context, index, screen[2 * index] + dx, screen[2 * index + 1] + dy);
    root.dataset.labels = placed.length;
    overlay();
  }

  function text(context, i, x, y, colour) {
    context.textBaseline = "middle";
    context.lineWidth = 3;
    context.strokeStyle = css(colours.background);
    context.strokeText(names[i], x, y);
    context.fillStyle = colour ?? css(mix(colours.background, colours.text, i >= N() ? 0.75 : 1));
    context.fillText(names[i], x, y);
  }

  function points(context) {
    const batches = new Map(); // one path per colour: ten thousand fills would be slow
    const three = data.positions.shape[2] === 3;
    for (let i = 0; i < N(); i++) {
      const near = three ? (depth[i] > 0.25 ? 2 : depth[i] > -0.25 ? 1 : 0) : 2;
      const key = (off(i) ? 100 : 0) + 10 * (data.group ? data.group.data[i] : 0) * 20 + near;
      if (!batches.has(key)) batches.set(key, { i, near, members: [] });
      batches.get(key).members.push(i);
    }
    for (const { i, near, members } of [...batches.values()].sort((a, b) => a.near - b.near)) {
      context.fillStyle = css(mix(colours.background, hue(i), off(i) ? 0.15 : [0.45, 0.7, 0.92][near]));
      context.beginPath();
      const r = dot() * (three ? [0.7, 0.9, 1.15][near] : 1);
      for (const k of members) {
        const [x, y] = [screen[2 * k], screen[2 * k + 1]];
        if (r <= 2) context.rect(x - r, y - r, 2 * r, 2 * r);
        else context.moveTo(x + r, y), context.arc(x, y, r, 0, 7);
      }
      context.fill();
    }
  }

  function arrows(context) {
    context.strokeStyle = context.fillStyle = css(colours.text);
    for (const [from, to] of data.arrows) arrow(context, screen[2 * from], screen[2 * from + 1], screen[2 * to], screen[2 * to + 1]);
    for (let i = N(); i < names.length; i++) {
      context.lineWidth = 2;
      context.strokeRect(screen[2 * i] - 5, screen[2 * i + 1] - 5, 10, 10); // a mark is a square, a word is a dot
    }
  }
  function arrow(context, x0, y0, x1, y1) {
    const [long, angle] = [Math.hypot(x1 - x0, y1 - y0), Math.atan2(y1 - y0, x1 - x0)];
    if (long < 14) return;
    const [tx, ty] = [x1 - 7 * Math.cos(angle), y1 - 7 * Math.sin(angle)];
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x0 + 6 * Math.cos(angle), y0 + 6 * Math.sin(angle));
    context.lineTo(tx, ty);
    context.stroke();
    context.beginPath();
    for (const turn of [0, 2.7, -2.7]) context.lineTo(tx + (turn ? 9 : 2) * Math.cos(angle + turn), ty + (turn ? 9 : 2) * Math.sin(angle + turn));
    context.fill();
  }

  function axes(context, { width: w, height: h }) {
    axisX.textContent = data.axes.x ?? "";
    axisY.textContent = data.axes.y ?? "";
    if (!data.axes.zero || data.positions.shape[2] === 3) return;
    const origin = new Float32Array(2);
    cam.project(new Float32Array(2), origin, depth);
    context.strokeStyle = css(mix(colours.background, colours.text, 0.3));
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(origin[0], 0);
    context.lineTo(origin[0], h);
    context.moveTo(0, origin[1]);
    context.lineTo(w, origin[1]);
    context.stroke();
  }

  // ---- the focused point: its true neighbours, and the points that only look near -------------------------------

  function overlay() {
    const context = prepare(above, stage.clientWidth, stage.clientHeight);
    if (focus < 0) return;
    const { truth, false_ } = relations(focus);
    context.globalAlpha = 0.72;
    context.fillStyle = css(colours.background);
    context.fillRect(0, 0, stage.clientWidth, stage.clientHeight);
    context.globalAlpha = 1;
    const [x, y] = [screen[2 * focus], screen[2 * focus + 1]];
    for (const i of false_) ring(context, i, [1, 3], COLOURS.gradient);
    for (const { index, near } of truth) link(context, x, y, index, near ? [] : [6, 5]);
    disc(context, focus, dot() + 3);
    font(context, true);
    const group = [focus, ...truth.map((t) => t.index), ...false_];
    const box = { width: stage.clientWidth, height: stage.clientHeight };
    for (const { index, dx, dy } of placeLabels(group, screen, dot() + 2, wide(context), box, group.length))
      text(context, index, screen[2 * index] + dx, screen[2 * index + 1] + dy, false_.includes(index) ? css(mix(rgb(COLOURS.gradient), colours.text, 0.25)) : undefined);
  }
  function link(context, x, y, i, dash) {
    context.setLineDash(dash);
    context.strokeStyle = css(mix(rgb(COLOURS.result), colours.text, 0.15));
    context.lineWidth = 1.75;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(screen[2 * i], screen[2 * i + 1]);
    context.stroke();
    context.setLineDash([]);
    disc(context, i, dot() + 1);
  }
  function ring(context, i, dash, colour) {
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(screen[2 * i], screen[2 * i + 1], dot() + 4, 0, 7);
    context.stroke();
    context.setLineDash([]);
    disc(context, i, dot());
  }
  function disc(context, i, r) {
    context.fillStyle = css(hue(i));
    context.beginPath();
    context.arc(screen[2 * i], screen[2 * i + 1], r, 0, 7);
    context.fill();
  }

  // True neighbours come from the engine; which points lie nearest on the map can be read off the picture itself.
  function relations(i) {
    const table = data.neighbourFrames.indexOf(frame);
    if (!data.neighbours || table < 0) return { truth: [], false_: [] };
    const k = data.neighbours.shape[2];
    const start = (table * N() + i) * k;
    const indices = [...data.neighbours.data.subarray(start, start + k)];
    const close = nearestOnMap(i, k);
    const truth = indices.map((index, n) => ({ index, cosine: data.cosines.data[start + n], near: close.includes(index) }));
    return { truth, false_: close.filter((index) => !indices.includes(index)) };
  }
  function nearestOnMap(i, k) {
    const d = data.positions.shape[2];
    const best = []; // [distance, index], nearest first
    for (let j = 0; j < N(); j++) {
      let sum = 0;
      for (let a = 0; a < d; a++) sum += (shown[j * d + a] - shown[i * d + a]) ** 2;
      if (j === i || (best.length === k && sum >= best[k - 1][0])) continue;
      let at = best.length;
      while (at > 0 && best[at - 1][0] > sum) at--;
      best.splice(at, 0, [sum, j]);
      if (best.length > k) best.pop();
    }
    return best.map(([, j]) => j);
  }

  // ---- choosing --------------------------------------------------------------------------------------------------

  function select(i, pin = false, centre = false) {
    focus = i;
    pinned = pin && i >= 0;
    root.dataset.selected = i < 0 ? "" : names[i];
    describe();
    if (centre && i >= 0) fly(i);
    overlay();
    tools.drawn();
  }
  function describe() {
    const known = data.neighbourFrames.includes(frame);
    panel.show(data, focus, focus < 0 ? { truth: [], false_: [] } : relations(focus), known);
  }

  function at(x, y) {
    let best = -1, least = REACH * REACH;
    for (let i = 0; i < N(); i++) {
      const distance = (screen[2 * i] - x) ** 2 + (screen[2 * i + 1] - y) ** 2;
      if (distance < least && !off(i)) [best, least] = [i, distance];
    }
    return best;
  }
  function hover(x, y) {
    if (!data || pinned || morph) return;
    const i = x === null ? -1 : at(x, y);
    if (i !== focus && (i >= 0 || x === null)) select(i);
  }
  function find(typed) {
    const word = typed.trim().toLowerCase();
    const exact = data.labels.findIndex((label) => label.toLowerCase() === word);
    const i = exact >= 0 ? exact : word ? data.labels.findIndex((label) => label.toLowerCase().startsWith(word)) : -1;
    if (i >= 0) select(i, true, true);
    return i >= 0;
  }

  // ---- moving ----------------------------------------------------------------------------------------------------

  function zoom(times) {
    cam.zoomAt(stage.clientWidth / 2, stage.clientHeight / 2, times);
    request();
  }
  function home() {
    flight = null;
    cam.reset();
    request();
  }
  function fly(i) {
    const { width: w, height: h } = cam.size;
    const [x, y] = [screen[2 * i], screen[2 * i + 1]];
    flight = { dx: w / 2 - x, dy: h / 2 - y, start: null, done: 0 };
    request();
  }
  function advanceFlight(now) {
    if (!flight) return 0;
    flight.start ??= now;
    const t = calm() ? 1 : Math.min(1, (now - flight.start) / MORPH);
    const step = (1 - (1 - t) ** 3) - flight.done;
    flight.done += step;
    if (cam.view.zoom === 1) cam.view.zoom = 1.0001; // leaves the home position, so that panning holds
    cam.pan(flight.dx * step, flight.dy * step);
    if (t === 1) flight = null;
    return 1;
  }
  function show(to, soft) {
    frame = Math.max(0, Math.min(data.positions.shape[0] - 1, to));
    root.dataset.frame = frame;
    const size = names.length * data.positions.shape[2];
    const target = data.positions.data.subarray(frame * size, (frame + 1) * size);
    if (soft && !calm() && shown.length === size) morph = { from: shown.slice(), target, start: null };
    else {
      shown = target.slice();
      morph = null;
    }
    describe();
    request();
    tools.drawn();
  }
  function advanceMorph(now) {
    if (!morph) return 0;
    morph.start ??= now;
    const t = Math.min(1, (now - morph.start) / MORPH);
    const ease = t * t * (3 - 2 * t);
    for (let k = 0; k < shown.length; k++) shown[k] = morph.from[k] + (morph.target[k] - morph.from[k]) * ease;
    if (t === 1) {
      morph = null;
      describe();
    }
    return 1;
  }

  gestures(above, cam, { moved: request, hover, tap: (x, y) => select(at(x, y), true) });
  keyboard(above, {
    move: (dx, dy) => {
      if (cam.view.zoom === 1) cam.view.zoom = 1.0001;
      cam.drag(-30 * dx, -30 * dy);
      request();
    },
    edge: (side) => bar.go(side < 0 ? 0 : data.frames.length - 1),
    space: () => bar.toggle(),
  });
  above.addEventListener("keydown", (event) => {
    const act = { "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: home, Escape: () => select(-1),
      PageUp: () => bar.go(bar.index - 1), PageDown: () => bar.go(bar.index + 1) }[event.key];
    if (!act) return;
    act();
    event.preventDefault();
  });
  const watcher = new ResizeObserver(request);
  watcher.observe(stage);

  // ---- data ------------------------------------------------------------------------------------------------------

  function adopt(next) {
    const before = data && { labels: data.labels, shown, d: data.positions.shape[2], chosen: focus < 0 ? null : names[focus] };
    data = next;
    names = [...data.labels, ...data.marks];
    const d = data.positions.shape[2];
    screen = new Float32Array(2 * names.length);
    depth = new Float32Array(names.length);
    const marks = [...names.keys()].slice(data.labels.length);
    order = [...new Set([...data.arrows.flat(), ...marks, ...(data.order?.data ?? data.labels.keys())])];
    dimmed = new Set([...dimmed].filter((g) => g < data.groupNames.length));
    cam.frame(data.positions.data, d);
    const same = before && before.d === d && before.shown.length >= names.length * d && before.labels[0] === data.labels[0]
      && before.labels.length === data.labels.length;
    if (!same) [shown, placed] = [new Float32Array(0), []];
    else shown = before.shown.slice(0, names.length * d);
    focus = before?.chosen ? data.labels.indexOf(before.chosen) : -1;
    pinned = pinned && focus >= 0;
    return same;
  }

  return {
    update(next) {
      const theme_ = theme(root);
      colours = theme_;
      stage.style.setProperty("--height", `${next.height}px`);
      above.setAttribute("aria-label", `Map of ${next.labels.length} ${next.noun}. Arrow keys move it, plus and minus zoom, 0 shows everything, `
        + "space plays the snapshots; search to choose one.");
      const fresh = !data || data.id !== next.id;
      const soft = fresh ? adopt(next) : true;
      root.dataset.points = data.labels.length;
      drawLegend();
      bar.stop();
      bar.refresh();
      bar.bar.style.visibility = data.frames.length > 1 ? "visible" : "hidden";
      bar.bar.style.display = data.timeline ? "" : "none";
      panel.prepare(data);
      if (fresh) {
        bar.set(data.current);
        show(data.current, soft);
      }
      select(focus, pinned);
      draw();
    },
    destroy() {
      bar.stop();
      cancelAnimationFrame(due);
      watcher.disconnect();
    },
  };

  function drawLegend() {
    const chips = data.groupNames.map((name, g) => {
      const swatch = element("i", { style: `background:${data.groupColours[g] ?? HUES[g % HUES.length]}` });
      return element("button", { type: "button", class: "chip group", "aria-pressed": dimmed.has(g) ? "false" : "true", onclick: () => {
        dimmed.has(g) ? dimmed.delete(g) : dimmed.add(g);
        drawLegend();
        request();
      } }, swatch, name);
    });
    const line = (kind, words) => element("span", { class: "key" }, element("i", { class: kind }), words);
    const keys = data.neighbours ? [line("near", "true neighbour"), line("far", "true neighbour, far on the map"), line("false", "only looks near")] : [];
    legend.replaceChildren(...chips, ...keys);
  }
});
