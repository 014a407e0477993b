// The window scene: an input plane, a kernel and output planes. A window slides over the input; hovering an output
// cell shows the window it came from and its arithmetic, hovering an input pixel shows every output cell it feeds.
//
// Data (see __init__.py), one of
// show(): input (H, W, C) with its border; pads, strides, dilation; either kernels (kh, kw, C, F) with sums and maps
//   (R, K, F), or only the sizes `kernel` and `output`.
// show_views(): views, each with the sizes of grid and output, its pads, labels and legend, and in rows0, columns0, …
//   which grid cells each output row and column sees; several views are the layers of a stack, chosen in a table.

const CHANNELS = ["red", "green", "blue"];
const TEXT_CELL = 25; // px: cells at least this wide carry their value

// A plane of cells on a canvas, with a second canvas above it for what moves.
function plane(label, role) {
  const base = element("canvas", { "aria-hidden": "true" });
  const over = element("canvas", { "aria-hidden": "true", class: "over" });
  const caption = element("div", { class: "caption" });
  const box = element("div", { class: "cells" }, base, over);
  const node = element("figure", { class: `plane ${role}`, "aria-label": label }, caption, box);
  let [rows, columns, cell] = [1, 1, 1];

  // paint(row, column) -> [r, g, b]; write(row, column) -> text or null
  function draw(shape, room, paint, write) {
    [rows, columns] = shape;
    cell = Math.min(room.width / columns, room.height / rows, 56);
    if (cell > 4) cell = Math.floor(cell);
    const [width, height] = [columns * cell, rows * cell];
    const pixels = new ImageData(columns, rows);
    for (let r = 0, k = 0; r < rows; r++)
      for (let c = 0; c < columns; c++, k += 4) {
        const [red, green, blue] = paint(r, c);
        pixels.data[k] = red; pixels.data[k + 1] = green; pixels.data[k + 2] = blue; pixels.data[k + 3] = 255;
      }
    const small = new OffscreenCanvas(columns, rows);
    small.getContext("2d").putImageData(pixels, 0, 0);
    const context = prepare(base, width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, width, height);
    prepare(over, width, height);
    box.style.width = `${width}px`;
    box.style.height = `${height}px`;
    if (cell >= 12) lines(context, width, height);
    if (cell >= TEXT_CELL) texts(context, paint, write);
    return context;
  }
  function lines(context, width, height) {
    context.strokeStyle = "rgba(128,128,128,0.35)";
    context.beginPath();
    for (let r = 0; r <= rows; r++) { context.moveTo(0, r * cell); context.lineTo(width, r * cell); }
    for (let c = 0; c <= columns; c++) { context.moveTo(c * cell, 0); context.lineTo(c * cell, height); }
    context.stroke();
  }
  function texts(context, paint, write) {
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const text = write(r, c);
        if (text === null) continue;
        context.fillStyle = ink(paint(r, c));
        const size = Math.min(14, cell * 0.42, (cell * 1.55) / Math.max(2, text.length));
        context.font = `${size}px sans-serif`;
        if (size >= 7.5) context.fillText(text, (c + 0.5) * cell, (r + 0.5) * cell);
      }
  }
  // rectangles: [{ r, c, rows, columns, stroke?, fill?, text? }], in cells
  function mark(rectangles) {
    const context = over.getContext("2d");
    context.clearRect(0, 0, columns * cell, rows * cell);
    for (const area of rectangles) {
      const at = [area.c * cell, area.r * cell, (area.columns ?? 1) * cell, (area.rows ?? 1) * cell];
      if (area.fill) { context.fillStyle = area.fill; context.fillRect(...at); }
      if (area.stroke) {
        context.lineWidth = 2.5;
        context.strokeStyle = area.stroke;
        context.strokeRect(at[0] + 1, at[1] + 1, Math.max(2, at[2] - 2), Math.max(2, at[3] - 2));
      }
    }
  }
  // Pointer position -> [row, column], or null outside.
  function hit(event) {
    const frame = over.getBoundingClientRect();
    const [r, c] = [Math.floor((event.clientY - frame.top) / cell), Math.floor((event.clientX - frame.left) / cell)];
    return r >= 0 && c >= 0 && r < rows && c < columns ? [r, c] : null;
  }
  return { node, caption, box, draw, mark, hit, get cell() { return cell; } };
}

function createWindow(root, tools) {
  let data = null;
  let at = null; // selected output cell, [row, column]
  let filter = 0;
  const input = plane("Input", "input");
  const output = plane("Output", "result");
  const kernelBox = element("figure", { class: "plane kernel", "aria-label": "Kernel" });
  const strip = element("div", { class: "strip", role: "group", "aria-label": "Feature maps" });
  const numbers = element("div", { class: "numbers", "aria-live": "off" });
  const planes = element("div", { class: "planes", tabindex: 0, role: "group" }, input.node, kernelBox, output.node);
  const key = element("div", { class: "legend" });
  const layers = element("div", { class: "table", role: "group", "aria-label": "Layers of the stack" });
  const main = element("div", { class: "main" }, planes, strip, key);
  let links = []; // of the rows and of the columns
  let view = 0;
  const play = transport({ label: "Position of the window", rate: 8,
    count: () => rowsOut() * columnsOut(),
    describe: (index) => place(Math.floor(index / columnsOut()), index % columnsOut()),
    select: (index) => select(Math.floor(index / columnsOut()), index % columnsOut()) });
  root.append(element("div", { class: "beside" }, layers, main), play.bar, numbers);

  const flat = () => Boolean(data.views) && data.grid[0] === 1; // samples in a row instead of a picture
  const place = (r, c) => (flat() ? `sample ${c + 1}` : `row ${r + 1}, column ${c + 1}`);
  const product = (pair) => { // "2 × 3 = 6", or "3" where there is one row
    const number = (n) => n.toLocaleString("en-US");
    return flat() ? number(pair[1]) : `${pair.map(number).join(" × ")} = ${number(pair[0] * pair[1])}`;
  };
  const rowsOut = () => data.output[0];
  const columnsOut = () => data.output[1];
  const mapAt = (array, r, c) => array.data[(r * columnsOut() + c) * array.shape[2] + filter];
  const inputAt = (r, c, channel) => data.input.data[(r * data.input.shape[1] + c) * data.input.shape[2] + channel];
  const weightAt = (i, j, channel) =>
    data.kernels.data[((i * data.kernel[1] + j) * data.kernels.shape[2] + channel) * data.kernels.shape[3] + filter];
  const padded = (r, c) => r < data.pads[0] || c < data.pads[2] ||
    r >= data.grid[0] - data.pads[1] || c >= data.grid[1] - data.pads[3];
  const seen = (r, c) => links[0].feeds[r].length * links[1].feeds[c].length; // by how many output cells
  const real = (r, c) => [0, 1].map((k) => links[k].sees[[r, c][k]].filter((y) => y >= data.pads[2 * k] && y < data.grid[k] - data.pads[2 * k + 1]).length);
  const masked = (r, c) => data.masked && filter === 0 && data.masked[0] === r && data.masked[1] === c;

  // ---- what changes with the data ------------------------------------------------------------------------------

  function update(fresh) {
    const before = data;
    data = fresh;
    if (data.views) {
      const stack = (one) => JSON.stringify(one?.table?.rows.map((row) => row.cells[0]));
      look(before?.views && stack(before) === stack(data) ? Math.min(view, data.views.length - 1) : data.views.length - 1);
    } else {
      data.grid = data.input.shape.slice(0, 2);
    }
    if (data.kernels) {
      data.kernel = data.kernels.shape.slice(0, 2);
      data.output = data.maps.shape.slice(0, 2);
      filter = Math.min(filter, data.kernels.shape[3] - 1);
    }
    if (!data.views) links = [0, 1].map((k) => kernelLinks(data.output[k], data.grid[k], data.kernel[k], data.strides[k], data.dilation[k]));
    if (data.masked) filter = 0;
    if (!at || (before && before.output.join() !== data.output.join())) at = start();
    if (data.masked && JSON.stringify(before?.masked) !== JSON.stringify(data.masked)) at = data.masked;
    draw();
  }

  // Make one of the views the one that is shown.
  function look(k) {
    view = k;
    const { grid, output, pads, labels } = data.views[k];
    Object.assign(data, { grid, output, pads, labels, names: [""], inputScale: "magnitude", outputScale: "magnitude" });
    links = [bitLinks(data[`rows${k}`], grid[0]), bitLinks(data[`columns${k}`], grid[1])];
  }

  // Small grids open at their first cell, as in a book; pictures open where the map is strongest, layers in the middle.
  function start() {
    if (data.views && rowsOut() * columnsOut() > 64) return [rowsOut() >> 1, columnsOut() >> 1];
    if (!data.maps || rowsOut() * columnsOut() <= 64) return [0, 0];
    let best = 0;
    for (let k = 0; k < rowsOut() * columnsOut(); k++)
      if (Math.abs(data.maps.data[k * data.maps.shape[2]]) > Math.abs(data.maps.data[best * data.maps.shape[2]])) best = k;
    return [Math.floor(best / columnsOut()), best % columnsOut()];
  }

  function draw() {
    const narrow = (root.clientWidth || 640) < 560;
    root.classList.toggle("narrow", narrow);
    root.classList.toggle("stack", Boolean(data.table));
    root.classList.toggle("transposed", Boolean(data.transposed)); // the window lies on what comes out, so sides change
    input.node.className = `plane ${data.transposed ? "result" : "input"}`;
    output.node.className = `plane ${data.transposed ? "input" : "result"}`;
    root.classList.toggle("flat", flat());
    drawLayers();
    const width = main.clientWidth || 640;
    const kernelWidth = data.kernels ? Math.min(170, 26 + data.kernel[1] * 40) : 0;
    const under = narrow || Boolean(data.table) || root.classList.contains("flat"); // the output stands below the input
    const side = under ? width - 4 : (width - kernelWidth - (data.kernels ? 48 : 24)) / 2;
    const tall = narrow ? 250 : Math.min(data.views ? 370 : 330, Math.max(200, window.innerHeight - (data.views ? 455 : 500)));
    planes.setAttribute("aria-label", `${data.labels.output}. Arrow keys move the window, space plays.`);
    drawInput({ width: side, height: data.table && !narrow ? tall * 0.72 : tall });
    if (data.kernels) drawKernel(narrow);
    kernelBox.hidden = !data.kernels;
    drawOutput({ width: narrow && data.kernels ? width - kernelWidth - 24 : side, height: data.table ? tall * 0.42 : tall });
    key.replaceChildren(...(data.views ? legend(data.views[view].legend) : []));
    drawStrip();
    layNumbers();
    play.refresh();
    select(Math.min(at[0], rowsOut() - 1), Math.min(at[1], columnsOut() - 1));
  }

  function drawLayers() {
    layers.hidden = !data.table;
    if (!data.table) return;
    const focused = layers.contains(root.getRootNode().activeElement);
    layers.replaceChildren(layerTable(data.table, view, (k) => { look(k); at = start(); play.stop(); draw(); }));
    if (focused) layers.querySelector("[aria-pressed=true]")?.focus();
  }

  function drawInput(room) {
    const colours = theme(root);
    const [rows, columns] = data.grid;
    const border = mix(colours.background, colours.text, 0.12);
    input.caption.textContent = data.labels.input;
    let context;
    if (data.views) {
      const scale = scales(colours).magnitude(Math.max(...links[0].feeds.map((f) => f.length)) * Math.max(...links[1].feeds.map((f) => f.length)));
      const lost = mix(colours.background, rgb(COLOURS.negative), 0.3);
      const paint = (r, c) => padded(r, c) ? mix(scale(seen(r, c)), border, 0.75) : seen(r, c) ? scale(seen(r, c)) : lost;
      context = input.draw([rows, columns], room, paint, (r, c) => String(seen(r, c)));
      hatch(context);
      if (data.stops) dots(context);
    } else {
      const channels = data.input.shape[2];
      const scale = painter(data.inputScale, data.input.data, colours);
      const paint = (r, c) => padded(r, c) ? (data.fill === "zeros" ? border : mix(scale(inputAt(r, c, 0)), border, 0.6))
        : channels === 3 ? [0, 1, 2].map((k) => inputAt(r, c, k)) : scale(inputAt(r, c, 0));
      context = input.draw([rows, columns], room, paint, (r, c) => channels === 1 ? format(inputAt(r, c, 0), 3) : null);
    }
    const [top, bottom, left, right] = data.pads;
    if (top + bottom + left + right === 0) return;
    context.setLineDash([5, 4]);
    context.lineWidth = 1.5;
    context.strokeStyle = css(rgb(COLOURS.input));
    context.strokeRect(left * input.cell, top * input.cell, (columns - left - right) * input.cell, (rows - top - bottom) * input.cell);
    context.setLineDash([]);
  }

  // Cells that no window sees are crossed out.
  function hatch(context) {
    if (input.cell < 5) return;
    context.strokeStyle = COLOURS.negative;
    context.lineWidth = Math.min(1.5, input.cell / 12);
    context.beginPath();
    for (let r = 0; r < data.grid[0]; r++)
      for (let c = 0; c < data.grid[1]; c++) {
        if (seen(r, c) || padded(r, c)) continue;
        context.moveTo(c * input.cell, (r + 1) * input.cell);
        context.lineTo((c + 1) * input.cell, r * input.cell);
      }
    context.stroke();
  }

  // A dot in the cell where the corner of the window stops.
  function dots(context) {
    const [rows, columns] = links.map(({ sees }) => sees.map((cells) => cells[0]));
    const gap = Math.min(...[rows, columns].map((stops) => (stops.length > 1 ? stops[1] - stops[0] : Infinity)));
    if (gap * input.cell < 6) return;
    const size = Math.max(1, Math.min(3.5, input.cell / 9));
    const offset = input.cell < 14 ? input.cell / 2 : size + 3;
    context.fillStyle = COLOURS.weight;
    for (const r of rows)
      for (const c of columns) {
        context.beginPath();
        context.arc(c * input.cell + offset, r * input.cell + offset, size, 0, 7);
        context.fill();
      }
  }

  function drawOutput(room) {
    const colours = theme(root);
    output.caption.textContent = data.labels.output + (data.names.length > 1 ? ` · ${data.names[filter]}` : "");
    if (data.views) {
      const counts = [0, 1].map((k) => Array.from({ length: data.output[k] }, (_, n) => real(k ? 0 : n, k ? n : 0)[k]));
      const scale = scales(colours).magnitude(Math.max(...counts[0]) * Math.max(...counts[1]) * 1.6);
      output.draw(data.output, room, (r, c) => scale(counts[0][r] * counts[1][c]), (r, c) => String(counts[0][r] * counts[1][c]));
      return;
    }
    if (!data.maps) {
      const flat = mix(colours.background, rgb(COLOURS.result), 0.35);
      output.draw(data.output, room, () => flat, () => null);
      return;
    }
    const one = data.maps.data.filter((_, k) => k % data.maps.shape[2] === filter);
    const scale = painter(data.outputScale, one, colours);
    output.draw(data.output, room, (r, c) => masked(r, c) ? colours.background : scale(mapAt(data.maps, r, c)),
      (r, c) => masked(r, c) ? "?" : format(mapAt(data.maps, r, c), 3));
  }

  function painter(kind, values, colours) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
    const scale = scales(colours);
    if (kind === "grey") return scale.grey(0, Math.max(high, 1) > 32 ? 255 : high);
    if (kind === "magnitude") return scale.magnitude(high);
    return scale.signed(Math.max(Math.abs(low), Math.abs(high)));
  }

  function drawKernel(narrow) {
    const [kh, kw] = data.kernel;
    const colours = theme(root);
    let limit = 0;
    for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) limit = Math.max(limit, Math.abs(weightAt(i, j, 0)));
    const scale = scales(colours).signed(limit);
    const size = Math.min(40, Math.floor((narrow ? 130 : 150) / kw));
    const cells = [];
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++) {
        const shade = scale(weightAt(i, j, 0));
        const cell = element("input", { class: "cell", value: format(weightAt(i, j, 0), 3), inputmode: "text", size: 1,
          "aria-label": `Kernel row ${i + 1}, column ${j + 1}`, readonly: !data.editable || filter > 0, onchange: edited });
        cell.style.cssText = `width:${size}px;height:${size}px;background:${css(shade)};color:${ink(shade)};font-size:${Math.max(8, Math.min(14, size * 0.36, (size * 1.5) / cell.value.length))}px`;
        cells.push(cell);
      }
    const grid = element("div", { class: "grid" }, cells);
    grid.style.gridTemplateColumns = `repeat(${kw}, ${size}px)`;
    kernelBox.replaceChildren(element("div", { class: "caption" }, data.labels.kernel), grid,
      element("div", { class: "hint" }, data.editable && filter === 0 ? "click a cell to change it" : ""));
  }

  // Whatever was typed goes to the engine as it is: it says what is wrong with it, if anything is.
  function edited() {
    const cells = [...kernelBox.querySelectorAll("input")].map((cell) => cell.value.trim().replace(/−/g, "-") || "0");
    const rows = [];
    for (let i = 0; i < data.kernel[0]; i++) rows.push(cells.slice(i * data.kernel[1], (i + 1) * data.kernel[1]).join(" "));
    tools.setState("kernel", rows.join("; "));
  }

  function drawStrip() {
    strip.hidden = data.names.length < 2;
    strip.replaceChildren(...(strip.hidden ? [] : data.names.map((name, k) =>
      element("button", { class: "chip", type: "button", "aria-pressed": String(k === filter), onclick: () => { filter = k; draw(); } }, name))));
  }

  // ---- what changes with the selection ---------------------------------------------------------------------------

  function select(r, c) {
    at = [r, c];
    play.set(r * columnsOut() + c);
    showWindow();
    writeNumbers();
    tools.drawn();
  }

  function showWindow() {
    const [rows, columns] = [links[0].sees[at[0]], links[1].sees[at[1]]];
    const [down, across] = [runs(rows), runs(columns)];
    const marks = [];
    if (rows.length && columns.length)
      marks.push({ r: rows[0], c: columns[0], rows: rows.at(-1) - rows[0] + 1, columns: columns.at(-1) - columns[0] + 1, stroke: COLOURS.weight });
    if (down.length > 1 || across.length > 1) marks.push(...areas(down, across, { fill: "rgba(230,159,0,0.45)" }));
    else if (data.views) marks.push(...areas(down, across, { fill: "rgba(230,159,0,0.18)" }));
    input.mark(marks);
    output.mark([{ r: at[0], c: at[1], stroke: COLOURS.weight }]);
  }

  function showFed([y, x]) {
    const [rows, columns] = [links[0].feeds[y], links[1].feeds[x]];
    const fed = rows.length * columns.length;
    const single = fed <= 100; // few cells are framed one by one
    const spread = (cells) => (single ? cells.map((cell) => [cell, cell]) : runs(cells));
    input.mark([{ r: y, c: x, stroke: COLOURS.input, fill: "rgba(0,114,178,0.35)" }]);
    output.mark(areas(spread(rows), spread(columns), { fill: "rgba(0,114,178,0.45)", stroke: COLOURS.input }));
    const where = padded(y, x) ? data.labels.border ?? "a padding cell" : `${data.labels.pixel ?? "pixel"} ${place(y - data.pads[0], x - data.pads[2])}`;
    const count = data.views ? product([rows.length, columns.length]) : fed;
    say.textContent = `${where} ${data.labels.feeds ?? "feeds"} ${count} ${fed === 1 ? data.labels.one ?? "output cell" : data.labels.many ?? "output cells"}`;
    tools.drawn();
  }

  // ---- the arithmetic ----------------------------------------------------------------------------------------------

  const say = element("div", { class: "say" });
  let tables = []; // [{ td cells, value(i, j) }]
  let total = element("div");

  function layNumbers() {
    tables = [];
    numbers.replaceChildren(say);
    if (!data.kernels) return;
    const channels = data.kernels.shape[2];
    const compact = data.kernel[1] > 4;
    const row = element("div", { class: "sum" });
    const add = (title, role, value, link) => {
      const cells = [];
      const table = element("table", { class: "matrix" });
      for (let i = 0; i < data.kernel[0]; i++) {
        const line = element("tr");
        for (let j = 0; j < data.kernel[1]; j++) { cells.push(element("td")); line.append(cells.at(-1)); }
        table.append(line);
      }
      tables.push({ cells, value });
      row.append(element("div", { class: `factor ${role}` }, element("span", { class: "caption" }, title), table), element("span", { class: "sign" }, link));
    };
    for (let channel = 0; channel < channels; channel++) {
      const name = channels > 1 ? ` (${CHANNELS[channel]})` : "";
      if (channels === 1 && !compact) {
        add("window", "input", (i, j) => windowAt(i, j, channel), "×");
        add("kernel", "weight", (i, j) => weightAt(i, j, channel), "=");
      }
      add(`products${name}`, "", (i, j) => windowAt(i, j, channel) * weightAt(i, j, channel), channel < channels - 1 ? "+" : "");
    }
    total = element("div", { class: "total" });
    row.append(total);
    row.classList.toggle("compact", compact || channels > 1);
    numbers.append(row);
  }

  const windowAt = (i, j, channel) => inputAt(at[0] * data.strides[0] + i * data.dilation[0], at[1] * data.strides[1] + j * data.dilation[1], channel);

  function writeNumbers() {
    const span = (cells, name) => cells.length ? `${name} ${cells[0] + 1}${cells.length > 1 ? `–${cells.at(-1) + 1}` : ""}` : `no ${name}`;
    const [rows, columns] = [links[0].sees[at[0]], links[1].sees[at[1]]];
    const area = flat() ? span(columns, "samples") : `${span(rows, "rows")}, ${span(columns, "columns")}`;
    say.textContent = `${data.labels.cell} ${place(...at)} ${data.labels.sees ?? "sees"} ${area} ` +
      `of the ${data.labels.grid ?? `${data.pads.some(Boolean) ? "padded " : ""}input`}`;
    if (data.views) say.textContent += `: ${product(real(...at))} ${data.labels.counted}`.replace(/\b1 (\w+)s$/, "1 $1");
    for (const { cells, value } of tables)
      for (let i = 0, k = 0; i < data.kernel[0]; i++) for (let j = 0; j < data.kernel[1]; j++, k++) cells[k].textContent = format(value(i, j), 3);
    if (!data.kernels) return;
    const hidden = masked(...at);
    const sum = hidden ? "?" : format(mapAt(data.sums, ...at), 5);
    const out = hidden ? "?" : format(mapAt(data.maps, ...at), 5);
    total.replaceChildren(element("div", {}, `sum of products = ${sum}`), element("div", {}, `+ bias ${factor(data.bias, 4)}`),
      element("div", {}, data.relu ? "ReLU → " : "= ", element("span", { class: "result", "data-result": "" }, out)));
  }

  // ---- hands -------------------------------------------------------------------------------------------------------

  const back = () => { showWindow(); writeNumbers(); tools.drawn(); };
  output.box.addEventListener("pointermove", (event) => { const cell = output.hit(event); if (cell && cell.join() !== at.join()) { play.stop(); select(...cell); } });
  output.box.addEventListener("pointerdown", (event) => { const cell = output.hit(event); if (cell) { play.stop(); select(...cell); } });
  input.box.addEventListener("pointermove", (event) => { const cell = input.hit(event); if (cell) showFed(cell); });
  input.box.addEventListener("pointerdown", (event) => { const cell = input.hit(event); if (cell) showFed(cell); });
  input.box.addEventListener("pointerleave", back);
  keyboard(planes, {
    move: (dx, dy) => { play.stop(); select(Math.max(0, Math.min(rowsOut() - 1, at[0] + dy)), Math.max(0, Math.min(columnsOut() - 1, at[1] + dx))); },
    edge: (sign) => { play.stop(); play.go(sign < 0 ? 0 : rowsOut() * columnsOut() - 1); },
    space: () => play.toggle(),
  });
  let drawnWidth = 0;
  const sizes = new ResizeObserver(() => {
    if (!data || Math.abs(root.clientWidth - drawnWidth) < 2) return;
    drawnWidth = root.clientWidth;
    draw();
  });
  sizes.observe(root);
  return { update, destroy: () => { play.stop(); sizes.disconnect(); } };
}

export default scene("window", createWindow);
