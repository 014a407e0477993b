// Labelled points with their true neighbours. The ground (points, arrows, labels) is one canvas, what follows the mouse
// another above it, so that a hover redraws a few lines and not ten thousand points.

const REACH = 16; // px: how near the mouse must be
const MORPH = 260; // ms

export default scene("map", (root, tools) => {
  const s = {
    data: null, names: [], colours: null, fontFamily: "sans-serif", frame: 0, dimmed: new Set(), widths: new Map(), boldWidths: new Map(),
    shown: new Float32Array(0), // positions on the screen now, between two snapshots while they morph
    screen: new Float32Array(0), depth: new Float32Array(0), zoom: 1,
  };
  let focus = -1;
  let pinned = false;
  let placed = []; // labels of the ground
  let order = []; // points, the most important label first
  let morph = null;
  let flight = null; // the camera on its way to a searched word
  let due = 0;
  const cam = camera();

  const ground = element("canvas");
  const above = element("canvas", { tabindex: 0, role: "application", class: "above" });
  const chip = (text, name, act) => element("button", { type: "button", class: "chip", "aria-label": name, title: name, onclick: act }, text);
  const corner = element("div", { class: "zoom" }, chip("+", "Zoom in", () => zoom(1.5)), chip("−", "Zoom out", () => zoom(1 / 1.5)),
    chip("⤢", "Show everything", () => home()));
  const axisX = element("div", { class: "axis x" });
  const axisY = element("div", { class: "axis y" });
  const stage = element("div", { class: "stage" }, ground, above, axisX, axisY);
  const find = (typed) => {
    const i = findLabel(s, typed);
    if (i >= 0) select(i, true, true);
    return i >= 0;
  };
  const panel = neighbourPanel({ pick: (i) => select(i, true, true), find, corner });
  const legend = mapLegend(s, () => request());
  const bar = transport({ label: "Snapshot", count: () => s.data?.frames.length ?? 1, describe: (k) => s.data?.frames[k] ?? "",
    select: (k) => show(k, true), rate: 3 });
  bar.bar.querySelector("input").addEventListener("input", () => show(bar.index, false)); // dragged: no delay
  root.append(element("div", { class: "layout" }, stage, panel.node), legend.node, bar.bar);

  const edges = (node) => ({ left: node.offsetLeft, right: node.offsetLeft + node.offsetWidth, top: node.offsetTop, bottom: node.offsetTop + node.offsetHeight });
  const box = () => ({ width: stage.clientWidth, height: stage.clientHeight, taken: [axisX, axisY].filter((node) => node.textContent).map(edges) });

  // ---- drawing -------------------------------------------------------------------------------------------------

  function request() {
    due ||= requestAnimationFrame(tick);
  }
  function tick(now) {
    due = 0;
    const moving = advanceMorph(now) | advanceFlight(now);
    draw(!moving);
    tools.drawn();
    if (moving) request();
  }
  function draw(settled = true) {
    if (!s.data) return;
    const { width, height } = box();
    cam.resize(width, height);
    cam.project(s.shown, s.screen, s.depth);
    s.zoom = cam.view.zoom;
    const context = prepare(ground, width, height);
    if (s.data.axes.zero && s.data.positions.shape[2] === 2) paintZero(s, context, cam);
    paintPoints(s, context);
    paintArrows(s, context);
    font(s, context);
    if (settled || !placed.length) {
      const most = (width * height) / 4200;
      placed = placeLabels(order.filter((i) => !off(s, i)), s.screen, dot(s), labelWidth(s, context), box(), most, painted(s));
    }
    for (const { index, dx, dy } of placed) paintText(s, context, index, s.screen[2 * index] + dx, s.screen[2 * index + 1] + dy);
    root.dataset.labels = placed.length;
    overlay();
  }
  function overlay() {
    const context = prepare(above, stage.clientWidth, stage.clientHeight);
    if (focus >= 0) paintFocus(s, context, focus, relations(s, focus), box());
  }

  // ---- choosing --------------------------------------------------------------------------------------------------

  function select(i, pin = false, centre = false) {
    focus = i;
    pinned = pin && i >= 0;
    root.dataset.selected = i < 0 ? "" : s.names[i];
    describe();
    if (centre && i >= 0) fly(i);
    overlay();
    tools.drawn();
  }
  const describe = () => panel.show(focus, relations(s, focus), s.data.neighbourFrames.includes(s.frame));
  function hover(x, y) {
    if (!s.data || pinned || morph) return;
    const i = x === null ? -1 : pointAt(s, x, y, REACH);
    if (i !== focus && (i >= 0 || x === null)) select(i);
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
    const { width, height } = cam.size;
    flight = { dx: width / 2 - s.screen[2 * i], dy: height / 2 - s.screen[2 * i + 1], start: null, done: 0 };
    request();
  }
  function advanceFlight(now) {
    if (!flight) return 0;
    flight.start ??= now;
    const t = calm() ? 1 : Math.min(1, (now - flight.start) / MORPH);
    const step = 1 - (1 - t) ** 3 - flight.done;
    flight.done += step;
    cam.pan(flight.dx * step, flight.dy * step);
    if (t === 1) flight = null;
    return 1;
  }
  function show(to, soft) {
    const { positions } = s.data;
    s.frame = clamp(to, 0, positions.shape[0] - 1);
    root.dataset.frame = s.frame;
    const size = s.names.length * positions.shape[2];
    const target = positions.data.subarray(s.frame * size, (s.frame + 1) * size);
    if (soft && !calm() && s.shown.length === size) morph = { from: s.shown.slice(), target, start: null };
    else {
      s.shown = target.slice();
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
    for (let k = 0; k < s.shown.length; k++) s.shown[k] = morph.from[k] + (morph.target[k] - morph.from[k]) * ease;
    if (t === 1) {
      morph = null;
      describe();
    }
    return 1;
  }

  gestures(above, cam, { moved: request, hover, tap: (x, y) => select(pointAt(s, x, y, REACH), true) });
  keyboard(above, {
    move: (dx, dy) => {
      cam.drag(-30 * dx, -30 * dy);
      request();
    },
    edge: (side) => bar.go(side < 0 ? 0 : s.data.frames.length - 1),
    space: () => s.data.frames.length > 1 && bar.toggle(),
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

  // Take on new data. Returns whether it is the same points again, which then move from where they are.
  function adopt(next) {
    const before = s.data;
    const chosen = focus >= 0 ? s.names[focus] : null;
    const d = next.positions.shape[2];
    const same = before && before.positions.shape[2] === d && before.labels.length + before.marks.length === next.labels.length + next.marks.length
      && before.labels.every((label, i) => label === next.labels[i]);
    s.data = next;
    s.names = [...next.labels, ...next.marks];
    s.screen = new Float32Array(2 * s.names.length);
    s.depth = new Float32Array(s.names.length);
    const marks = [...s.names.keys()].slice(next.labels.length);
    order = [...new Set([...next.stars, ...marks, ...(next.order?.data ?? next.labels.keys())])];
    if (!same) s.dimmed.clear();
    cam.frame(next.positions, next.current, next.axes.zero);
    placed = same ? placed : [];
    focus = chosen ? next.labels.indexOf(chosen) : -1;
    pinned = pinned && focus >= 0;
    return same;
  }

  return {
    update(next) {
      s.colours = theme(root);
      s.fontFamily = getComputedStyle(root).fontFamily;
      const fresh = s.data?.id !== next.id;
      const same = fresh ? adopt(next) : true;
      stage.parentElement.style.setProperty("--height", `${next.height}px`);
      above.setAttribute("aria-label", `Map of ${next.labels.length} ${next.noun}. Arrow keys move it, plus and minus zoom, 0 shows everything, `
        + "space plays the snapshots, Escape lets go; search to choose one.");
      root.dataset.points = next.labels.length;
      axisX.textContent = next.axes.x ?? "";
      axisY.textContent = next.axes.y ?? "";
      legend.refresh();
      panel.prepare(s.data);
      bar.bar.style.display = next.timeline ? "" : "none";
      bar.bar.style.visibility = next.frames.length > 1 ? "visible" : "hidden";
      if (fresh) {
        bar.stop();
        bar.refresh();
        bar.set(next.current);
        show(next.current, same);
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
});
