// The timeline scene: steps from left to right, rows of numbers under them, the unrolled network above them, and the
// arithmetic of the selected step below. What Python sends is described in __init__.py; arrays carry the sign @.

const SLOTS = 8; // boxes side by side in the unrolled network, at most
const WIDE = 56; // px: from this column width on, the network's boxes stand over their columns
const [BOX, ROOM] = [40, 26]; // px: height of a box, and between two layers
const GAP = 7; // px between two rows
const SMALL = "11px sans-serif";
const SMALL_BOLD = "600 12px sans-serif";

// ---- reading the arrays ------------------------------------------------------------------------------------------

const limits = (number, low, high) => Math.max(low, Math.min(high, number));

// "t-1" with { t: 3 } -> 2; a number stands for itself.
function place(rule, scope) {
  if (typeof rule === "number") return rule;
  if (typeof rule === "object") return read(scope.data, rule.array, rule.at.map((part) => place(part, scope)));
  const [, name, shift] = /^([A-Za-z]+)([+-]\d+)?$/.exec(rule);
  return scope[name] + Number(shift ?? 0);
}

// The number at these places: undefined outside of the array, null where it is masked.
function read(data, name, at) {
  const { data: numbers, shape } = data[`@${name}`];
  if (at.length !== shape.length) throw new Error(`${name} has ${shape.length} dimensions, not ${at.length}`);
  let offset = 0;
  for (let k = 0; k < shape.length; k++) {
    if (!(at[k] >= 0 && at[k] < shape[k])) return undefined;
    offset = offset * shape[k] + at[k];
  }
  return data[`@${name}.masked`]?.data[offset] ? null : numbers[offset];
}

const sizeOf = (data, row) => data[`@${row.name}`].shape[1];

// A number as text, with a fixed count of decimals where that says enough.
function shown(number, decimals) {
  if (number === null) return "?";
  if (number === undefined || Number.isNaN(number)) return "–";
  const size = Math.abs(number);
  if (decimals === undefined || !Number.isFinite(number) || size >= 1e5 || (size !== 0 && size < 10 ** -decimals)) return format(number);
  return number.toFixed(decimals).replace("-", "−");
}

// What a scale may be made from: the finite numbers that are not hidden, or the scale would tell them.
function unmasked(data, name) {
  const hidden = data[`@${name}.masked`]?.data;
  return data[`@${name}`].data.filter((number, k) => Number.isFinite(number) && !hidden?.[k]);
}

// How a row turns numbers into colours: { limit, paint(number) -> [r, g, b], ends: texts of the legend }.
function rowScale(data, row, colours) {
  let limit = row.limit;
  if (limit === null) {
    limit = 0;
    for (const number of unmasked(data, row.name)) limit = Math.max(limit, Math.abs(number));
  }
  if (row.scale === "unit") limit = 1;
  const scale = scales(colours)[row.scale === "signed" ? "signed" : "magnitude"](limit);
  const [low, high] = row.scale === "signed" ? [-limit, limit] : [0, limit];
  const empty = mix(colours.background, colours.text, 0.06);
  return { limit, low, high, paint: (number) => (number === null || number === undefined || Number.isNaN(number) ? empty : scale(number)) };
}

// ---- where things stand ------------------------------------------------------------------------------------------

function geometry(data, width) {
  const narrow = width < 560;
  const T = data.steps.length;
  const [left, right] = narrow ? [64, 62] : [112, 78];
  const space = width - left - right;
  const first = data.rows.some((row) => data[`@${row.name}.start`]) ? 1 : 0; // a column before the first step
  const lead = T <= SLOTS && space / (T + first) >= WIDE ? first : 0;
  const column = Math.min(180, space / (T + lead));
  const strip = data.arcs ? ARCS : data.layers.length ? data.layers.length * (BOX + ROOM) - ROOM + 12 : 0;
  const geo = { narrow, T, width, left, right, space, lead, column, strip, x0: left + lead * column };
  geo.aligned = strip > 0 && (Boolean(data.arcs) || (T <= SLOTS && column >= WIDE));
  geo.end = geo.x0 + T * column;
  Object.assign(geo, header(data, column));
  geo.rows = rowPlaces(data, geo.head);
  geo.grid = Math.max(...geo.rows.map(({ y, height }) => y + height)) + 2;
  return geo;
}

// The labels over the steps: flat where they fit, thinned out where they are numbers, slanted where they are words.
function header(data, column) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = "12.5px sans-serif";
  const widest = Math.max(...data.steps.map((text) => context.measureText(text).width));
  const numbers = data.steps.every((text) => /^[\d.]+$/.test(text));
  const single = data.steps.every((text) => [...text].length <= 1); // letters need no room between them
  if (widest <= column - 3 || numbers || single) {
    const every = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500].find((n) => n * column >= widest + (single ? 1 : numbers ? 8 : 3)) ?? 1000;
    return { slanted: false, head: 22, every };
  }
  return { slanted: true, head: Math.min(82, 0.82 * widest + 18), every: Math.ceil(13 / column) };
}

// Heights of the rows: one cell is high enough for its number, many units share what is left of data.height.
function rowPlaces(data, head) {
  const counts = data.rows.map((row) => (row.kind === "cells" ? sizeOf(data, row) : 0));
  const fixed = data.rows.reduce((sum, row, k) => sum + GAP + (counts[k] === 1 ? 30 : counts[k] === 0 ? row.height : 0), 0);
  const many = counts.reduce((sum, n) => sum + (n > 1 ? n : 0), 0);
  const cell = many ? limits(Math.floor((data.height - fixed) / many), 2, 22) : 22;
  let y = head;
  let before = null;
  return data.rows.map((row, k) => {
    const height = counts[k] === 1 ? 30 : counts[k] === 0 ? row.height : Math.max(30, counts[k] * (row.cell ?? cell));
    const spot = { row, y: row.beside ? before.y : y, height, count: counts[k], cell: counts[k] ? height / counts[k] : height };
    y = Math.max(y, spot.y + height + GAP);
    before = spot;
    return spot;
  });
}

const columnX = (geo, t) => geo.x0 + t * geo.column;

// ---- the rows ----------------------------------------------------------------------------------------------------

function drawGrid(canvas, data, geo, colours) {
  const context = prepare(canvas, geo.width, geo.grid);
  context.textBaseline = "middle";
  drawLabels(context, data, geo, colours);
  for (const spot of geo.rows) {
    const scale = rowScale(data, spot.row, colours);
    if (spot.row.kind === "cells") drawCells(context, data, geo, spot, scale, colours);
    else if (spot.row.kind === "flow") drawFlow(context, data, geo, spot, colours);
    else drawCurve(context, data, geo, spot, colours);
  }
  context.strokeStyle = css(colours.text);
  context.setLineDash([3, 3]);
  for (const t of Object.keys(data.marks)) {
    const x = Math.round(columnX(geo, +t + 1)) - 0.5;
    stroke(context, [[x, geo.head - 6], [x, geo.grid]]);
  }
  context.setLineDash([]);
}

function stroke(context, points) {
  context.beginPath();
  points.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

function drawLabels(context, data, geo, colours) {
  context.font = "12.5px sans-serif";
  context.fillStyle = css(mix(colours.background, colours.text, 0.75));
  const second = data.steps[geo.every - 1] ?? "";
  const apart = (context.measureText(data.steps[0]).width + context.measureText(second).width) / 2 + 3;
  const crowded = geo.every > 1 && (geo.every - 1) * geo.column < apart; // then the first label gives way
  for (let t = 0; t < geo.T; t++) {
    if (geo.slanted ? t % geo.every : (t !== 0 || crowded) && (t + 1) % geo.every) continue;
    context.save();
    context.translate(columnX(geo, t + 0.5), geo.head - (geo.slanted ? 5 : 11));
    context.rotate(geo.slanted ? -0.95 : 0);
    context.textAlign = geo.slanted ? "left" : "center";
    context.fillText(data.steps[t], 0, 0, geo.slanted ? 88 : undefined);
    context.restore();
  }
  context.textAlign = "center";
  if (geo.lead) context.fillText("start", columnX(geo, -0.5), geo.head - 11);
}

function drawCells(context, data, geo, spot, scale, colours) {
  const { row, y, height, count, cell } = spot;
  const start = geo.lead ? data[`@${row.name}.start`] : null;
  const [from, stop] = row.span ?? [start ? -1 : 0, geo.T];
  const numberAt = (t, u) => (t < 0 ? start.data[u] : read(data, row.name, [t, u]));
  const wide = stop - from;
  const pixels = new ImageData(wide, count);
  for (let u = 0, k = 0; u < count; u++)
    for (let t = from; t < stop; t++, k += 4) pixels.data.set([...scale.paint(numberAt(t, u)), 255], k);
  const small = new OffscreenCanvas(wide, count);
  small.getContext("2d").putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, columnX(geo, from), y, wide * geo.column, height);
  context.lineWidth = 1;
  context.strokeStyle = "rgba(128,128,128,0.4)";
  context.strokeRect(columnX(geo, from) + 0.5, y + 0.5, wide * geo.column - 1, height - 1);
  context.beginPath();
  if (geo.column >= 7) for (let t = from + 1; t < stop; t++) { context.moveTo(columnX(geo, t), y); context.lineTo(columnX(geo, t), y + height); }
  if (cell >= 7) for (let u = 1; u < count; u++) { context.moveTo(columnX(geo, from), y + u * cell); context.lineTo(columnX(geo, stop), y + u * cell); }
  context.stroke();
  if (!row.axis && cell >= 10) names(context, geo, spot, colours);
  if (geo.column < 30 || cell < 13) return;
  context.font = `${geo.column < 42 ? 11 : 13}px sans-serif`;
  for (let t = from; t < stop; t++)
    for (let u = 0; u < count; u++) {
      const number = numberAt(t, u);
      const text = fitting(context, number, geo.column - 3);
      context.fillStyle = ink(scale.paint(number));
      context.fillText(text, columnX(geo, t + 0.5), y + (u + 0.5) * cell + 0.5);
    }
}

// A number with as many of three digits as there is room for.
function fitting(context, number, room) {
  if (!Number.isFinite(number)) return shown(number);
  for (const digits of [3, 2, 1]) {
    const text = format(number, digits);
    if (context.measureText(text).width <= room) return text;
  }
  return "";
}

// Where no unit is picked, every one has its name at the right, or at the left of a row that ends before the last step.
function names(context, geo, { row, y, cell }, colours) {
  context.font = SMALL;
  const left = row.span && row.span[1] < geo.T;
  context.textAlign = left ? "right" : "left";
  context.fillStyle = css(colours.text);
  row.units.forEach((name, u) => context.fillText(name, left ? geo.x0 - 5 : geo.end + 6, y + (u + 0.5) * cell, geo.right - 8));
  context.textAlign = "center";
}

// The axis of a curve: its ends and how a number becomes a height.
function axis(data, { row, y, height }) {
  const numbers = [...unmasked(data, row.name), ...(data[`@${row.name}.targets`]?.data ?? []).filter(Number.isFinite)];
  if (row.scale === "exponent") return powersAxis(numbers, row, y, height);
  if (row.scale === "log") {
    const positive = numbers.filter((number) => number > 0);
    const high = row.limit ?? Math.max(...positive, 1e-30);
    const low = Math.max(Math.min(...positive, high / 10), high * 1e-16);
    return { low, high, to: (number) => y + height - 2 - (height - 4) * limits(Math.log(number / low) / Math.log(high / low), 0, 1) };
  }
  let [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
  if (row.limit !== null) [low, high] = [row.floor ?? (row.scale === "signed" ? -row.limit : 0), row.limit];
  if (row.scale === "unit") [low, high] = [0, 1];
  if (low === high) high = low + 1;
  return { low, high, to: (number) => y + height - 2 - (height - 4) * limits((number - low) / (high - low), 0, 1) };
}

function drawCurve(context, data, geo, spot, colours) {
  const { row, y, height } = spot;
  const count = sizeOf(data, row);
  const line = axis(data, spot);
  context.strokeStyle = "rgba(128,128,128,0.4)";
  context.lineWidth = 1;
  context.strokeRect(geo.x0 + 0.5, y + 0.5, geo.T * geo.column - 1, height - 1);
  if (!["log", "exponent"].includes(row.scale)) stroke(context, [[geo.x0, line.to(0)], [geo.end, line.to(0)]]);
  context.font = SMALL;
  if (row.scale === "exponent") drawPowers(context, geo, spot, line, colours);
  else drawEnds(context, geo, spot, line, colours);
  const colour = rgb(COLOURS[row.role]);
  for (let u = 0; u < count; u++) {
    const shade = ownColour(row, u) ?? (count > 1 ? mix(colour, colours.background, 0.65 * (u / (count - 1))) : colour);
    context.strokeStyle = context.fillStyle = css(shade);
    context.setLineDash(dash(row, u));
    (row.kind === "bars" ? bars : curve)(context, data, geo, row, u, count, line);
  }
  context.setLineDash([]);
  drawTargets(context, data, geo, row, line, colours);
}

function drawEnds(context, geo, { y, height }, line, colours) {
  context.fillStyle = css(mix(colours.background, colours.text, 0.75));
  context.textAlign = "right";
  context.fillText(format(line.high, 2), geo.x0 - 4, y + 6);
  context.fillText(format(line.low, 2), geo.x0 - 4, y + height - 6);
  context.textAlign = "center";
}

function curve(context, data, geo, row, u, count, line) {
  context.lineWidth = 1.75;
  let run = [];
  const points = geo.column >= (row.roles.length ? 18 : 9) ? 2.5 : 0;
  for (let t = 0; t <= geo.T; t++) {
    const number = t < geo.T ? read(data, row.name, [t, u]) : null;
    if (Number.isFinite(number) && (row.scale !== "log" || number > 0) && within(row, line, number)) {
      run.push([columnX(geo, t + 0.5), line.to(number)]);
      continue;
    }
    stroke(context, run);
    run = [];
  }
  if (!points || row.dashed[u]) return;
  for (let t = 0; t < geo.T; t++) {
    const number = read(data, row.name, [t, u]);
    if (!Number.isFinite(number) || !within(row, line, number)) continue;
    context.beginPath();
    context.arc(columnX(geo, t + 0.5), line.to(number), points, 0, 7);
    context.fill();
  }
}

function bars(context, data, geo, row, u, count, line) {
  const share = Math.max(1, (geo.column * 0.8) / count);
  const zero = row.scale === "log" ? line.to(line.low) : line.to(0);
  for (let t = 0; t < geo.T; t++) {
    const number = read(data, row.name, [t, u]);
    if (number === undefined || number === null || Number.isNaN(number)) continue;
    const top = line.to(limits(number, -1e38, 1e38));
    const x = columnX(geo, t) + geo.column * 0.1 + u * share;
    context.fillRect(x, Math.min(top, zero), Math.min(share, Math.max(1, geo.column - 1)), Math.max(1, Math.abs(zero - top)));
  }
}

function drawTargets(context, data, geo, row, line, colours) {
  const targets = data[`@${row.name}.targets`];
  if (!targets) return;
  context.lineWidth = 1.5;
  context.strokeStyle = css(colours.text);
  const radius = limits(geo.column / 3, 1.5, 4);
  for (let t = 0; t < geo.T; t++) {
    if (!Number.isFinite(targets.data[t])) continue;
    context.beginPath();
    context.arc(columnX(geo, t + 0.5), line.to(targets.data[t]), radius, 0, 7);
    context.stroke();
  }
}

// ---- the unrolled network ----------------------------------------------------------------------------------------

// Which steps have a box and where: over their columns, or a window of steps around the selected one.
function slots(geo, step) {
  if (geo.aligned) {
    const steps = Array.from({ length: geo.T + geo.lead }, (_, k) => k - geo.lead);
    return { steps, width: geo.column, x: (t) => columnX(geo, t + 0.5), left: columnX(geo, -geo.lead), right: geo.end };
  }
  const count = Math.min(geo.T, SLOTS, Math.max(2, Math.floor(geo.space / 72)));
  const from = limits(step - Math.floor((count - 1) / 2), 0, geo.T - count);
  const width = Math.min(180, geo.space / count);
  const steps = Array.from({ length: count }, (_, k) => from + k);
  return { steps, width, x: (t) => geo.left + (t - from + 0.5) * width, left: geo.left - 8, right: geo.left + count * width + 8 };
}

function drawStrip(canvas, view) {
  const { data, geo, colours, step } = view;
  if (!geo.strip) return prepare(canvas, 1, 1);
  if (data.arcs) return drawArcs(canvas, view);
  const context = prepare(canvas, geo.width, geo.strip);
  context.textBaseline = "middle";
  context.textAlign = "center";
  const where = slots(geo, step);
  const net = { ...view, context, where, box: Math.min(78, where.width - (where.width < 70 ? 20 : 32)) };
  net.has = (name, t) => data.layers.some((layer) => layer.row === name) && (t < 0
    ? t === -1 && geo.lead > 0 && Boolean(data[`@${name}.start`])
    : t < geo.T && (data[`@${name}.present`]?.data[t] ?? 1) === 1);
  net.y = (name) => 6 + data.layers.findIndex((layer) => layer.row === name) * (BOX + ROOM);
  if (!geo.aligned && step >= where.steps[0] && step <= where.steps.at(-1)) highlight(net);
  data.links.forEach((link, k) => drawLink(net, link, k));
  for (const layer of data.layers) for (const t of where.steps) if (net.has(layer.row, t)) drawBox(net, layer, t);
  return context;
}

function highlight({ context, where, geo, step, accent }) {
  context.fillStyle = accent;
  context.globalAlpha = 0.14;
  context.fillRect(where.x(step) - where.width / 2 + 2, 0, where.width - 4, geo.strip);
  context.globalAlpha = 1;
}

function drawBox(net, layer, t) {
  const { data, context, where, box, colours, picks } = net;
  const row = data.rows.find((candidate) => candidate.name === layer.row);
  const [x, y] = [where.x(t) - box / 2, net.y(layer.row)];
  const count = sizeOf(data, row);
  const scale = net.scales.get(row.name);
  const numberAt = (u) => (t < 0 ? data[`@${row.name}.start`].data[u] : read(data, row.name, [t, u]));
  const shade = count === 1 ? scale.paint(numberAt(0)) : colours.background;
  context.fillStyle = css(shade);
  context.strokeStyle = css(rgb(COLOURS[row.role]));
  context.lineWidth = 1.75;
  context.beginPath();
  context.roundRect(x, y, box, BOX, 6);
  context.fill();
  context.stroke();
  context.fillStyle = ink(shade);
  subscripted(context, layer.symbol, String(t + 1), where.x(t), y + 11);
  if (count === 1) {
    context.font = "600 13px sans-serif";
    const number = numberAt(0);
    context.fillText(number === null ? "?" : Number.isNaN(number) ? "–" : format(number, box < 50 ? 3 : 4), where.x(t), y + 28, box - 4);
    return;
  }
  const width = (box - 8) / count;
  for (let u = 0; u < count; u++) {
    context.fillStyle = css(scale.paint(numberAt(u)));
    context.fillRect(x + 4 + u * width, y + 20, width - (width > 4 ? 1 : 0), 15);
  }
  if (!row.axis) return;
  const u = Math.min(picks[row.axis], count - 1);
  context.strokeStyle = css(colours.text);
  context.lineWidth = 1.25;
  context.strokeRect(x + 4 + u * width - 0.5, y + 19.5, width + 0.5, 16);
}

function subscripted(context, symbol, below, x, y) {
  context.font = "italic 13px sans-serif";
  const main = context.measureText(symbol).width;
  context.font = "10px sans-serif";
  const sub = context.measureText(below).width;
  context.textAlign = "left";
  context.fillText(below, x - (main + sub) / 2 + main + 1, y + 4);
  context.font = "italic 13px sans-serif";
  context.fillText(symbol, x - (main + sub) / 2, y);
  context.textAlign = "center";
}

// One kind of arrow, at every step; one end may lie outside of the window.
function drawLink(net, link, k) {
  const { data, context, where } = net;
  const numbers = data[`@link ${k}`]?.data;
  const most = numbers ? Math.max(...numbers.filter(Number.isFinite).map(Math.abs), 1e-30) : 1;
  const both = data.links.some((other) => other.source === link.target && other.target === link.source && other.dt === -link.dt);
  context.strokeStyle = context.fillStyle = css(rgb(COLOURS[link.role]));
  const [first, last] = [where.steps[0], where.steps.at(-1)];
  for (let t = first - Math.max(0, link.dt); t <= last + Math.max(0, -link.dt); t++) {
    const to = t + link.dt;
    if (!net.has(link.source, t) || !net.has(link.target, to)) continue;
    if (Math.max(t, to) < first || Math.min(t, to) > last) continue;
    if (numbers && t >= 0 && Number.isNaN(numbers[t])) continue; // nothing goes this way here
    context.lineWidth = numbers ? 1 + 3 * Math.min(1, Math.abs(numbers[t] || 0) / most) : 1.75;
    const text = numbers && t >= 0 ? format(numbers[t], 3) : link.label;
    (link.dt === 0 ? verticalLink : sideLink)(net, link, t, to, text, both);
  }
}

function verticalLink(net, link, t, to, text, both) {
  const { context, where, box } = net;
  const [from, end] = [net.y(link.source), net.y(link.target)];
  const up = end < from;
  const x = where.x(t) + (both ? (up ? -11 : 11) : 0);
  const [y1, y2] = up ? [from, end + BOX] : [from + BOX, end];
  if (goesAround(net, link)) { // past the layers between, in turn on the left and on the right
    const sign = net.data.links.filter((other) => goesAround(net, other)).indexOf(link) % 2 ? 1 : -1;
    const [side, lane] = [where.x(t) + (sign * box) / 2, where.x(t) + sign * (box / 2 + 10)];
    arrow(context, [[side, from + BOX / 2], [lane, from + BOX / 2], [lane, end + BOX / 2], [side + sign, end + BOX / 2]]);
    label(net, text, lane + sign * 4, up ? from - ROOM / 2 : from + BOX + ROOM / 2, sign < 0 ? "right" : "left");
  } else {
    arrow(context, [[x, y1], [x, y2]]);
    label(net, text, x + (up && both ? -6 : 6), (y1 + y2) / 2 + (up ? 3 : -3), up && both ? "right" : "left");
  }
}

const goesAround = (net, { source, target, dt }) => dt === 0 && Math.abs(net.y(source) - net.y(target)) > BOX + ROOM + 1;

function sideLink(net, link, t, to, text, both) {
  const { context, where, box } = net;
  const sign = link.dt > 0 ? 1 : -1;
  const shift = both ? (sign > 0 ? -8 : 8) : 0;
  const x1 = limits(where.x(t) + (sign * box) / 2, where.left, where.right);
  const x2 = limits(where.x(to) - (sign * box) / 2, where.left, where.right);
  if (Math.abs(x1 - x2) < 4) return;
  const [y1, y2] = [link.source, link.target].map((name) => net.y(name) + BOX / 2 + shift);
  arrow(context, [[x1, y1], [x2, y2]]);
  context.font = SMALL_BOLD;
  const room = (Math.abs(x1 - x2) - context.measureText(text).width) / 2;
  const tight = y1 === y2 && room < 3; // then it stands below the boxes
  if (tight) label(net, text, (x1 + x2) / 2, y1 - shift + BOX / 2 + 9, "center");
  else label(net, text, (x1 + x2) / 2 - sign * limits(room - 1, 0, 9), (y1 + y2) / 2 + (both && sign < 0 ? 10 : -9), "center");
}

function label({ context }, text, x, y, align) {
  if (!text) return;
  context.font = SMALL_BOLD;
  context.textAlign = align;
  context.fillText(text, x, y);
  context.textAlign = "center";
}

function arrow(context, points) {
  stroke(context, points);
  const [[x1, y1], [x2, y2]] = points.slice(-2);
  const angle = Math.atan2(y2 - y1, x2 - x1);
  context.beginPath();
  context.moveTo(x2, y2);
  for (const turn of [2.7, -2.7]) context.lineTo(x2 + 8 * Math.cos(angle + turn), y2 + 8 * Math.sin(angle + turn));
  context.fill();
}

// ---- the arithmetic ----------------------------------------------------------------------------------------------

const OPERATOR = /[·×⊙+−-]\s*$/;

function coloured(text, role, tag = "span", name = null) {
  const node = element(tag, { class: name }, text);
  if (role) node.style.color = `var(--role-${role})`;
  return node;
}

// Tokens -> nodes. `before` is the text so far on this line: a negative number behind an operator gets brackets.
function spell(data, tokens, scope, line) {
  for (const token of tokens) {
    if (typeof token === "string") line.append(token);
    else if (token.sym !== undefined) line.append(symbol(token, scope));
    else if (token.word !== undefined) line.append(coloured(data.words[token.word][place(token.at, scope)] ?? "–", token.role));
    else if (token.label !== undefined) line.append(coloured(data.steps[place(token.label, scope)] ?? "–", token.role));
    else if (token.each) spellEach(data, token, scope, line);
    else {
      const number = read(data, token.array, token.at.map((rule) => place(rule, scope)));
      const text = token.power ? tenTo(number) : shown(number, token.decimals);
      const brackets = number < 0 && OPERATOR.test(line.textContent);
      line.append(coloured(brackets ? `(${text})` : text, token.role, token.role === "result" ? "b" : "span", "number"));
    }
  }
}

function symbol(token, scope) {
  const node = coloured(element("i", {}, token.sym), token.role);
  if (token.sup) node.append(element("sup", {}, token.sup));
  if (token.sub.length) node.append(element("sub", {}, token.sub.map((rule) => place(rule, scope) + 1).join(",")));
  return node;
}

function spellEach(data, token, scope, line) {
  const [start, stop] = [place(token.start, scope), place(token.stop, scope)];
  for (let k = start; k < Math.min(stop, start + token.most); k++) {
    if (k > start) line.append(token.join);
    spell(data, token.each, { ...scope, [token.over]: k }, line);
  }
  if (stop > start + token.most) line.append(token.join, element("span", { class: "rest" }, `… ${stop - start} terms`));
}

function spellLine(data, entry, scope) {
  const chosen = entry.only === undefined ? entry : read(data, entry.only, [scope.t]) ? entry.line : entry.otherwise;
  const goesOn = typeof chosen[0] === "string" && chosen[0].trimStart().startsWith("=");
  const line = element("div", { class: goesOn ? "line more" : "line" });
  spell(data, chosen, scope, line);
  if (!line.textContent) line.append("\u00a0");
  return line;
}

// ---- the scene ---------------------------------------------------------------------------------------------------

function createTimeline(root, tools) {
  const view = { root, data: null, geo: null, colours: null, scales: new Map(), step: 0, picks: {}, accent: "" };
  const [strip, grid] = [0, 1].map(() => element("canvas", { "aria-hidden": "true" }));
  const labels = element("div", { class: "labels" });
  const readouts = element("div", { class: "readouts" });
  const column = element("div", { class: "column" });
  const tip = element("div", { class: "tip" });
  const stage = element("div", { class: "stage", tabindex: 0, role: "group" }, strip, grid, labels, readouts, column, tip);
  const numbers = element("div", { class: "numbers lines" });
  const T = () => view.data.steps.length;
  const turn = (index) => (view.data.backward ? T() - 1 - index : index); // place on the slider <-> step
  const play = transport({ label: "Time step", rate: 3, count: T,
    describe: (index) => describe(turn(index)), select: (index) => select(turn(index)) });
  const frames = createFrames(root, () => { drawGrid(grid, view.data, view.geo, view.colours); drawStrip(strip, view); select(view.step); });
  root.append(stage, play.bar, element("div", { class: "below" }, numbers, frames.node));

  function describe(t) {
    const mark = view.data.marks[t];
    return `${view.data.stepName}${view.data.stepName.length > 1 ? "" : " ="} ${t + 1} of ${T()}${mark ? ` · ${mark}` : ""}`;
  }

  // ---- what changes with the data ------------------------------------------------------------------------------

  function update(fresh) {
    const asked = JSON.stringify(fresh.select);
    if (!view.data || JSON.stringify(view.data.select) !== asked) {
      const { t, ...units } = fresh.select;
      view.step = t ?? 0;
      view.picks = { ...view.picks, ...units };
    }
    view.data = fresh;
    frames.update(fresh);
    draw();
  }

  function draw() {
    const { data } = view;
    view.colours = theme(root);
    view.accent = getComputedStyle(root).getPropertyValue("--st-primary-color") || "#0072B2";
    view.geo = geometry(data, root.clientWidth || 640);
    view.scales = new Map(data.rows.map((row) => [row.name, rowScale(data, row, view.colours)]));
    view.step = limits(view.step, 0, T() - 1);
    for (const { axis } of data.rows) if (axis) view.picks[axis] = Math.min(view.picks[axis] ?? 0, units(axis) - 1);
    stage.setAttribute("aria-label", `${T()} steps. Left and right choose a step, up and down a unit, space plays.`);
    stage.style.height = `${view.geo.strip + view.geo.grid}px`;
    grid.style.top = `${view.geo.strip}px`;
    play.bar.querySelector("input").dir = data.backward ? "rtl" : "ltr";
    drawGrid(grid, data, view.geo, view.colours);
    layLabels();
    reserve();
    play.refresh();
    drawStrip(strip, view);
    select(view.step);
  }

  const units = (axis) => Math.max(...view.data.rows.filter((row) => row.axis === axis).map((row) => sizeOf(view.data, row)));

  // To the left of each row its name and scale, to the right what the selected step holds.
  function layLabels() {
    const { data, geo } = view;
    labels.replaceChildren(...geo.rows.map((spot) => gutterLabel(spot)), element("div", { class: "axis" }, data.stepName));
    labels.lastChild.style.cssText = `top:${geo.strip + geo.head - 20}px;width:${geo.left - 10}px`;
    readouts.replaceChildren(...geo.rows.map(({ row, y, height }) => {
      const node = element("div", { class: "readout", "data-row": row.name }, element("b", {}, ""), element("small", {}, ""));
      node.style.cssText = `top:${geo.strip + y}px;height:${height}px;left:${geo.end + 6}px;width:${geo.right - 6}px`;
      return node;
    }), ...geo.rows.filter(({ row, count }) => row.axis && count > 1).map(({ row }) => element("div", { class: "unit", "data-unit": row.name })));
  }

  function gutterLabel({ row, y, height }) {
    const { geo, colours } = view;
    const scale = view.scales.get(row.name);
    const name = element("span", { class: "symbol" }, element("i", {}, row.symbol));
    name.style.color = `var(--role-${row.role})`;
    const node = element("div", { class: "gutter", title: row.label }, element("div", { class: "name" }, name, geo.narrow ? "" : ` ${row.label}`));
    if (row.kind === "cells" && !(geo.narrow && height < 30)) {
      const ramp = [scale.low, (scale.low + scale.high) / 2, scale.high].map((number) => css(scale.paint(number)));
      const bar = element("span", { class: "ramp" });
      bar.style.background = `linear-gradient(90deg, ${ramp.join(", ")})`;
      node.append(element("div", { class: "legend" }, format(scale.low, 2), bar, format(scale.high, 2)));
    }
    if (row.roles.length && !geo.narrow) node.append(legendOf(row));
    node.style.cssText = `top:${geo.strip + y + (row.beside ? 62 : 0)}px;width:${geo.left - (row.span ? 20 : row.kind === "cells" ? 8 : 34)}px;max-height:${height}px`;
    return node;
  }

  // The numbers keep the height of their longest form, so that nothing below them jumps.
  function reserve() {
    numbers.hidden = !view.data.lines.length;
    numbers.style.minHeight = "0";
    let tallest = 0;
    for (const t of new Set([0, Math.min(1, T() - 1), T() >> 1, T() - 1])) {
      writeNumbers(t);
      tallest = Math.max(tallest, Math.ceil(numbers.getBoundingClientRect().height));
    }
    numbers.style.minHeight = `${tallest}px`;
  }

  // ---- what changes with the selection ---------------------------------------------------------------------------

  function select(t) {
    view.step = limits(t, 0, T() - 1);
    play.set(turn(view.step));
    moveColumn();
    if (!view.geo.aligned || view.data.arcs) drawStrip(strip, view); // else its column alone shows the step
    writeReadouts();
    writeNumbers(view.step);
    tools.drawn();
  }

  function moveColumn() {
    const { geo, data, step } = view;
    const width = Math.max(geo.column, 3);
    const x = columnX(geo, step + 0.5) - width / 2;
    const top = geo.aligned ? 0 : geo.strip + geo.head - 2;
    column.style.cssText = `transform:translate(${x}px,${top}px);width:${width}px;height:${geo.strip + geo.grid - top}px`;
    showReach(stage, view);
    tip.textContent = data.steps[step];
    tip.hidden = geo.column > 40 && !geo.slanted;
    tip.style.transform = `translate(${limits(x + width / 2, geo.left - 10, geo.width - geo.right + 10)}px,${geo.strip + geo.head - 21}px) translateX(-50%)`;
  }

  function writeReadouts() {
    const { data, geo, step, picks } = view;
    geo.rows.forEach(({ row }, k) => {
      const count = sizeOf(data, row);
      if (row.roles.length) return readouts.children[k].replaceChildren(...readLines(data, row, step));
      const [text, name] = readouts.children[k].children;
      if (count > 1 && !row.axis) return;
      const u = row.axis ? Math.min(picks[row.axis], count - 1) : 0;
      const number = read(data, row.name, [step, u]);
      text.textContent = shown(number, Number.isInteger(number) ? 0 : 4);
      name.textContent = count > 1 ? row.units[u] ?? `unit ${u + 1}` : "";
    });
    for (const node of readouts.querySelectorAll(".unit")) {
      const { row, y, cell, count } = geo.rows.find((spot) => spot.row.name === node.dataset.unit);
      const u = Math.min(picks[row.axis], count - 1);
      node.style.cssText = `transform:translate(${geo.x0}px,${geo.strip + y + u * cell}px);width:${geo.end - geo.x0}px;height:${cell}px`;
    }
  }

  function writeNumbers(t) {
    const scope = { ...view.picks, t, T: T(), data: view.data };
    numbers.replaceChildren(...view.data.lines.map((entry) => spellLine(view.data, entry, scope)));
  }

  // ---- pointer and keys ------------------------------------------------------------------------------------------

  // Pointer -> { t, spot, u }: over a box of the network or over a column.
  function hit(event) {
    const frame = stage.getBoundingClientRect();
    const { geo, step } = view;
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    if (y < geo.strip && !geo.aligned) {
      const { steps, width, x: centre } = slots(geo, step);
      return { t: steps.find((t) => Math.abs(centre(t) - x) <= width / 2), far: true };
    }
    if (x < geo.x0 || x >= geo.end) return {};
    const spot = geo.rows.find((row) => y - geo.strip >= row.y && y - geo.strip < row.y + row.height);
    const u = spot?.count ? Math.floor((y - geo.strip - spot.y) / spot.cell) : undefined;
    return { t: Math.floor((x - geo.x0) / geo.column), spot, u };
  }

  function pick(axis, u) {
    view.picks[axis] = limits(u, 0, units(axis) - 1);
    drawStrip(strip, view);
    select(view.step);
  }

  stage.addEventListener("pointermove", (event) => {
    const { t, far } = hit(event);
    if (t === undefined || t === view.step || far || play.playing) return; // the network's window would slide away under the pointer
    select(t);
  });
  stage.addEventListener("pointerdown", (event) => {
    const { t, spot, u } = hit(event);
    if (t === undefined) return;
    play.stop();
    view.step = t;
    if (spot?.count > 1 && spot.row.axis) pick(spot.row.axis, u);
    else select(t);
  });
  keyboard(stage, {
    move: (dx, dy) => {
      play.stop();
      if (dx) select(view.step + dx);
      const tall = view.data.rows.find((row) => row.axis === "u" && sizeOf(view.data, row) > 1);
      if (dy && tall) pick("u", view.picks.u + dy);
    },
    edge: (sign) => { play.stop(); select(sign < 0 ? 0 : T() - 1); },
    space: () => play.toggle(),
  });

  let drawnWidth = 0;
  const sizes = new ResizeObserver(() => {
    if (!view.data || Math.abs(root.clientWidth - drawnWidth) < 2) return;
    drawnWidth = root.clientWidth;
    draw();
  });
  sizes.observe(root);
  return { update, destroy: () => { play.stop(); frames.stop(); sizes.disconnect(); } };
}

export default scene("timeline", createTimeline);
