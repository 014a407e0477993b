// The window scene: an input plane, a kernel and output planes. A window slides over the input; hovering an output
// cell shows the window it came from and its arithmetic, hovering an input pixel shows every output cell it feeds.
//
// Data (see __init__.py), one of
// show(): input (H, W, C) with its border; pads, strides, dilation; either kernels (kh, kw, C, F) with sums and maps
//   (R, K, F), or only the sizes `kernel` and `output`.
// show_views(): views, each with the sizes of grid and output, its pads, labels and legend, and in rows0, columns0, …
//   which grid cells each output row and column sees; several views are the layers of a stack, chosen in a table.

// One view holds the data, the selected output cell (at, [row, column]), the chosen filter or layer, and the nodes.
function createView(root, tools) {
  const [input, output] = [plane("Input", "input"), plane("Output", "result")];
  const kernelBox = element("figure", { class: "plane kernel", "aria-label": "Kernel" });
  const planes = element("div", { class: "planes", tabindex: 0, role: "group" }, input.node, kernelBox, output.node);
  const strip = element("div", { class: "strip", role: "group", "aria-label": "Feature maps" });
  const scale = element("div", { class: "scale" });
  output.node.append(scale);
  const key = element("div", { class: "legend" });
  const layers = element("div", { class: "table", role: "group", "aria-label": "Layers of the stack" });
  const main = element("div", { class: "main" }, planes, strip, key);
  const numbers = element("div", { class: "numbers", "aria-live": "off" });
  return { root, tools, input, output, kernelBox, planes, strip, key, layers, main, numbers, say: element("div", { class: "say" }), scale, hint: null,
    data: null, at: null, filter: 0, layer: 0, digits: 3, links: [], tables: [], total: null };
}

// ---- what changes with the data ----------------------------------------------------------------------------------

function adopt(view, fresh) {
  const before = view.data;
  view.data = fresh;
  if (fresh.views) look(view, sameStack(before, fresh) ? Math.min(view.layer, fresh.views.length - 1) : fresh.views.length - 1);
  else readSizes(view);
  if (fresh.masked) view.filter = 0;
  if (!view.at || (before && before.output.join() !== fresh.output.join())) view.at = start(view);
  if (fresh.masked && JSON.stringify(before?.masked) !== JSON.stringify(fresh.masked)) view.at = fresh.masked;
}

function sameStack(before, fresh) {
  const names = (one) => JSON.stringify(one.table?.rows.map((row) => row.cells[0]));
  return Boolean(before?.views) && names(before) === names(fresh);
}

function readSizes(view) {
  const { data } = view;
  data.grid = data.input.shape.slice(0, 2);
  if (data.kernels) {
    data.kernel = data.kernels.shape.slice(0, 2);
    data.output = data.maps.shape.slice(0, 2);
    view.filter = Math.min(view.filter, data.kernels.shape[3] - 1);
  }
  view.links = [0, 1].map((k) => kernelLinks(data.output[k], data.grid[k], data.kernel[k], data.strides[k], data.dilation[k]));
}

// Make one of the views the one that is shown.
function look(view, k) {
  const { data } = view;
  const { grid, output, pads, labels } = data.views[k];
  view.layer = k;
  Object.assign(data, { grid, output, pads, labels, names: [""], inputScale: "magnitude", outputScale: "magnitude" });
  view.links = [bitLinks(data[`rows${k}`], grid[0]), bitLinks(data[`columns${k}`], grid[1])];
}

// Small grids open at their first cell, as in a book; pictures open where the map is strongest, layers in the middle.
function start(view) {
  const { maps, views } = view.data;
  const count = rowsOut(view) * columnsOut(view);
  if (views && count > 64) return [rowsOut(view) >> 1, columnsOut(view) >> 1];
  if (!maps || count <= 64) return [0, 0];
  const strength = (k) => Math.abs(maps.data[k * maps.shape[2]]);
  let best = 0;
  for (let k = 0; k < count; k++) if (strength(k) > strength(best)) best = k;
  return cellAt(view, best);
}

// ---- where things stand ------------------------------------------------------------------------------------------

function setClasses(view, narrow) {
  const { root, data, input, output } = view;
  const classes = { narrow, stack: Boolean(data.table), transposed: Boolean(data.transposed), flat: flat(view) };
  for (const [name, on] of Object.entries(classes)) root.classList.toggle(name, on);
  // Transposed, the window lies on what comes out, so the planes change sides.
  input.node.className = `plane ${data.transposed ? "result" : "input"}`;
  output.node.className = `plane ${data.transposed ? "input" : "result"}`;
}

const GAP = 20; // px between planes, as in scene.css

function drawPlanes(view, narrow) {
  const { data, main } = view;
  const width = main.clientWidth || 640;
  const between = data.kernels ? kernelWidth(data.kernel[1], narrow) + 2 * GAP : GAP;
  const under = narrow || Boolean(data.table) || flat(view); // the output stands below the input
  const side = under ? width - 4 : Math.floor((width - between) / 2);
  // px: the largest plane, and all that stands around it, the formula below the scene included
  const [most, rest] = data.views ? [370, 455] : [560, 270 + view.strip.offsetHeight + view.numbers.offsetHeight];
  const tall = narrow ? 250 : clamp(window.innerHeight - rest, 200, most);
  drawInput(view, { width: side, height: data.table && !narrow ? tall * 0.72 : tall });
  if (data.kernels) drawKernel(view, narrow);
  view.kernelBox.hidden = !data.kernels;
  drawOutput(view, { width: narrow && data.kernels ? width - between + GAP : side, height: data.table ? tall * 0.42 : tall });
}

// ---- the scene ---------------------------------------------------------------------------------------------------

function createWindow(root, tools) {
  const view = createView(root, tools);
  const play = transport({ label: "Position of the window", rate: 8,
    count: () => rowsOut(view) * columnsOut(view),
    describe: (index) => place(view, ...cellAt(view, index)), select: (index) => select(...cellAt(view, index)) });
  root.append(element("div", { class: "beside" }, view.layers, view.main), play.bar, view.numbers);

  function update(fresh) {
    adopt(view, fresh);
    draw();
  }

  function draw() {
    const { data } = view;
    if (!data) return;
    const narrow = (root.clientWidth || 640) < 560;
    setClasses(view, narrow);
    drawLayers();
    view.planes.setAttribute("aria-label", `${data.labels.output}. Arrow keys move the window, space plays.`);
    view.key.replaceChildren(...(data.views ? legend(data.views[view.layer].legend) : []));
    view.at = [Math.min(view.at[0], rowsOut(view) - 1), Math.min(view.at[1], columnsOut(view) - 1)];
    drawStrip();
    layNumbers(view);
    writeNumbers(view); // before the planes, which take the room that the numbers leave
    drawPlanes(view, narrow);
    play.refresh();
    select(...view.at);
  }

  function drawLayers() {
    const { data, layers } = view;
    layers.hidden = !data.table;
    if (!data.table) return;
    const focused = layers.contains(root.getRootNode().activeElement);
    layers.replaceChildren(layerTable(data.table, view.layer, (k) => {
      look(view, k);
      view.at = start(view);
      play.stop();
      draw();
    }));
    if (focused) layers.querySelector("[aria-pressed=true]")?.focus();
  }

  function drawStrip() {
    const { strip, data: { names } } = view;
    strip.hidden = names.length < 2;
    if (strip.hidden) return;
    const focused = strip.contains(root.getRootNode().activeElement);
    strip.replaceChildren(...mapButtons(view, (k) => { view.filter = k; draw(); }));
    if (focused) strip.querySelector("[aria-pressed=true]").focus();
  }

  function select(r, c) {
    view.at = [r, c];
    play.set(r * columnsOut(view) + c);
    showSelected();
  }

  function showSelected() {
    showWindow(view);
    writeNumbers(view);
    tools.drawn();
  }

  // ---- hands -----------------------------------------------------------------------------------------------------

  const overInput = (event) => {
    const cell = view.input.hit(event);
    if (!cell) return;
    play.stop();
    showFed(view, cell);
    tools.drawn();
  };
  const overOutput = (event) => {
    const cell = view.output.hit(event);
    if (!cell || (event.type === "pointermove" && cell.join() === view.at.join())) return;
    play.stop();
    select(...cell);
  };
  for (const kind of ["pointermove", "pointerdown"]) {
    view.input.box.addEventListener(kind, overInput);
    view.output.box.addEventListener(kind, overOutput);
  }
  view.input.box.addEventListener("pointerleave", showSelected);
  keyboard(view.planes, {
    move: (dx, dy) => {
      play.stop();
      select(clamp(view.at[0] + dy, 0, rowsOut(view) - 1), clamp(view.at[1] + dx, 0, columnsOut(view) - 1));
    },
    edge: (sign) => { play.stop(); play.go(sign < 0 ? 0 : rowsOut(view) * columnsOut(view) - 1); },
    space: () => play.toggle(),
  });
  const widths = onWidth(root, draw);
  return { update, destroy: () => { play.stop(); widths.disconnect(); } };
}

export default scene("window", createWindow);
