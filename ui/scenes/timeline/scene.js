// The timeline scene: steps from left to right, rows of numbers under them, the unrolled network above them, and the
// arithmetic of the selected step below. What Python sends is described in __init__.py.

// One view holds the data, where things stand (geo), what is selected (step, and picks: the unit of every axis) and the
// nodes; the functions of the other files draw it.
function createView(root) {
  const [strip, grid] = [0, 1].map(() => element("canvas", { "aria-hidden": "true" }));
  const [labels, readouts, column, tip] = ["labels", "readouts", "column", "tip"].map((name) => element("div", { class: name }));
  const reach = element("div", { class: "reach", hidden: true });
  const stage = element("div", { class: "stage", tabindex: 0, role: "group" }, strip, grid, labels, readouts, column, reach, tip);
  const numbers = element("div", { class: "numbers lines" });
  return { root, strip, grid, labels, readouts, column, reach, tip, stage, numbers,
    data: null, geo: null, colours: null, scales: new Map(), step: 0, picks: {}, accent: "" };
}

const steps = (view) => view.data.steps.length;
const turn = (view, index) => (view.data.backward ? steps(view) - 1 - index : index); // place on the slider <-> step
const unitsOf = (view, axis) => Math.max(...view.data.rows.filter((row) => row.axis === axis).map((row) => sizeOf(view.data, row)));

function describe({ data }, t) {
  const mark = data.marks[t];
  return `${data.stepName}${data.stepName.length > 1 ? "" : " ="} ${t + 1} of ${data.steps.length}${mark ? ` · ${mark}` : ""}`;
}

// ---- what changes with the data ----------------------------------------------------------------------------------

// Whether a question is open, whose answer must not show.
const hides = (data) => Object.keys(data).some((name) => name.endsWith(".masked") && data[name].data.some(Boolean));

// Keep the selection unless Python asks for another one: a question shows its place, and its answer is seen where it was
// asked for.
function adopt(view, fresh) {
  const [before, now] = [view.data ? hides(view.data) : false, hides(fresh)];
  const [opens, closes] = [now && !before, before && !now];
  const other = JSON.stringify(view.data?.select) !== JSON.stringify(fresh.select);
  if (!view.data || opens || (other && !closes)) {
    const { t, ...units } = fresh.select;
    view.step = t ?? 0;
    Object.assign(view.picks, units);
  }
  view.data = fresh;
}

function lay(view) {
  const { data, root, stage, grid } = view;
  view.colours = theme(root);
  view.accent = getComputedStyle(root).getPropertyValue("--st-primary-color") || "#0072B2";
  view.geo = geometry(data, root.clientWidth || 640);
  view.step = clamp(view.step, 0, steps(view) - 1);
  for (const { axis } of data.rows) if (axis) view.picks[axis] = Math.min(view.picks[axis] ?? 0, unitsOf(view, axis) - 1);
  stage.setAttribute("aria-label", `${steps(view)} steps. Left and right choose a step, up and down a unit, space plays.`);
  stage.style.height = `${view.geo.strip + view.geo.grid}px`;
  grid.style.top = `${view.geo.strip}px`;
}

function drawRows(view) {
  view.scales = new Map(view.data.rows.map((row) => [row.name, rowScale(view.data, row, view.colours)]));
  drawGrid(view);
}

// ---- what changes with the selection -----------------------------------------------------------------------------

function showStep(view, anew) {
  moveColumn(view);
  if (anew || !view.geo.aligned || view.data.arcs) drawStrip(view); // else its column alone shows the step
  writeReadouts(view);
  frameUnits(view);
  writeNumbers(view, view.step);
}

function moveColumn(view) {
  const { geo, data, step, column, tip } = view;
  const width = Math.max(geo.column, 3);
  const x = columnX(geo, step + 0.5) - width / 2;
  const top = geo.aligned ? 0 : geo.strip + geo.head - 2;
  column.style.cssText = `transform:translate(${x}px,${top}px);width:${width}px;height:${geo.strip + geo.grid - top}px`;
  showReach(view);
  tip.textContent = data.steps[step];
  tip.hidden = geo.column > 40 && !geo.slanted;
  const middle = clamp(x + width / 2, geo.left - 10, geo.width - geo.right + 10);
  tip.style.transform = `translate(${middle}px,${geo.strip + geo.head - 21}px) translateX(-50%)`;
}

// How far the selected step looks back (data.reach steps before it): a band over those columns.
function showReach({ reach, data, geo, step }) {
  reach.hidden = !data.reach || step < (data.reachFrom ?? 0);
  if (reach.hidden) return;
  const begin = Math.max(0, step - data.reach); // the window may begin before what is shown
  const top = geo.head - 2;
  reach.style.cssText = `transform:translate(${columnX(geo, begin)}px,${geo.strip + top}px);width:${(step - begin) * geo.column}px;height:${geo.grid - top}px`;
}

// ---- the scene ---------------------------------------------------------------------------------------------------

function createTimeline(root, tools) {
  const view = createView(root);
  const play = transport({ label: "Time step", rate: 3, count: () => steps(view),
    describe: (index) => describe(view, turn(view, index)), select: (index) => select(turn(view, index)) });
  const frames = createFrames(root, () => { drawRows(view); play.refresh(); select(view.step, true); });
  root.append(view.stage, play.bar, element("div", { class: "below" }, view.numbers, frames.node));

  function update(fresh) {
    adopt(view, fresh);
    frames.update(fresh);
    draw();
  }

  function draw() {
    if (!view.data) return;
    lay(view);
    drawRows(view);
    layMargins(view);
    view.numbers.hidden = !view.data.lines.length;
    play.bar.querySelector("input").dir = view.data.backward ? "rtl" : "ltr";
    play.refresh();
    select(view.step, true);
    if (view.numbers.hidden) return;
    if (view.numbers.style.minHeight) afterPaint(() => reserveLines(view)); // measuring would keep the picture waiting
    else reserveLines(view); // at first nothing below may move
  }

  function select(t, anew = false) {
    view.step = clamp(t, 0, steps(view) - 1);
    play.set(turn(view, view.step));
    showStep(view, anew);
    tools.drawn();
  }

  function pick(axis, u) {
    view.picks[axis] = clamp(u, 0, unitsOf(view, axis) - 1);
    select(view.step, true);
  }

  listen(view, { select, pick, play });
  const widths = onWidth(root, draw);
  return { update, destroy: () => { play.stop(); frames.stop(); widths.disconnect(); } };
}

export default scene("timeline", createTimeline);
