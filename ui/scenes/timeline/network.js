// The unrolled network.

const SLOTS = 8; // boxes side by side, at most
const WIDE = 56; // px: from this column width on, the boxes stand over their columns
const [BOX, ROOM] = [40, 22]; // px: height of a box, and between two layers

// Which steps have a box and where: over their columns, or a window of steps around the selected one.
function slots(geo, step) {
  if (geo.aligned) {
    const steps = Array.from({ length: geo.T + geo.lead }, (_, k) => k - geo.lead);
    return { steps, width: geo.column, x: (t) => columnX(geo, t + 0.5), left: columnX(geo, -geo.lead), right: geo.end };
  }
  const count = Math.min(geo.T, SLOTS, Math.max(2, Math.floor(geo.space / 72)));
  const from = clamp(step - Math.floor((count - 1) / 2), 0, geo.T - count);
  const width = Math.min(180, geo.space / count);
  const steps = Array.from({ length: count }, (_, k) => from + k);
  return { steps, width, x: (t) => geo.left + (t - from + 0.5) * width, left: geo.left - 8, right: geo.left + count * width + 8 };
}

// What stands above the rows: the network, or the arcs of an encoder and its decoder.
function drawStrip(view) {
  const { data, geo, strip } = view;
  if (!geo.strip) return prepare(strip, 1, 1);
  const context = prepare(strip, geo.width, geo.strip);
  context.textBaseline = "middle";
  context.textAlign = "center";
  (data.arcs ? drawArcs : drawNetwork)(view, context);
}

function drawNetwork(view, context) {
  const { data, geo, step } = view;
  const where = slots(geo, step);
  const net = { ...view, context, where, box: Math.min(78, where.width - (where.width < 70 ? 20 : 32)) };
  net.has = (name, t) => data.layers.some((layer) => layer.row === name) && (t < 0
    ? t === -1 && geo.lead > 0 && Boolean(data[`@${name}.start`])
    : t < geo.T && (data[`@${name}.present`]?.data[t] ?? 1) === 1);
  const places = Object.fromEntries(data.layers.map((layer, k) => [layer.row, 6 + k * (BOX + ROOM)]));
  net.y = (name) => places[name];
  if (!geo.aligned && step >= where.steps[0] && step <= where.steps.at(-1)) highlight(net);
  data.links.forEach((link, k) => drawLink(net, link, k));
  for (const layer of data.layers) for (const t of where.steps) if (net.has(layer.row, t)) drawBox(net, layer, t);
}

function highlight({ context, where, geo, step, accent }) {
  context.fillStyle = accent;
  context.globalAlpha = 0.14;
  context.fillRect(where.x(step) - where.width / 2 + 2, 0, where.width - 4, geo.strip);
  context.globalAlpha = 1;
}

function drawBox(net, layer, t) {
  const { data, context, where, box, colours } = net;
  const row = data.rows.find((candidate) => candidate.name === layer.row);
  const [x, y] = [where.x(t) - box / 2, net.y(layer.row)];
  const { paint } = net.scales.get(row.name);
  const single = sizeOf(data, row) === 1;
  const numberAt = (u) => (t < 0 ? data[`@${row.name}.start`].data[u] : read(data, row.name, [t, u]));
  const shade = single ? paint(numberAt(0)) : colours.background;
  context.fillStyle = css(shade);
  context.strokeStyle = css(rgb(COLOURS[row.role]));
  context.lineWidth = 1.75;
  context.beginPath();
  context.roundRect(x, y, box, BOX, 6);
  context.fill();
  context.stroke();
  context.fillStyle = ink(shade);
  subscripted(context, layer.symbol, String(t + 1), where.x(t), y + 11, box - 4);
  if (single) boxNumber(net, numberAt(0), where.x(t), y + 28);
  else boxUnits(net, row, numberAt, paint, x, y);
}

function boxNumber({ context, box }, number, x, y) {
  context.font = "600 13px sans-serif";
  const text = number === null ? "?" : Number.isNaN(number) ? "–" : format(number, box < 50 ? 3 : 4);
  context.fillText(text, x, y, box - 4);
}

// A strip of all units, with a frame around the selected one.
function boxUnits({ data, context, box, colours, picks }, row, numberAt, paint, x, y) {
  const count = sizeOf(data, row);
  const width = (box - 8) / count;
  for (let u = 0; u < count; u++) {
    context.fillStyle = css(paint(numberAt(u)));
    context.fillRect(x + 4 + u * width, y + 20, width - (width > 4 ? 1 : 0), 15);
  }
  if (!row.axis) return;
  const u = Math.min(picks[row.axis], count - 1);
  context.strokeStyle = css(colours.text);
  context.lineWidth = 1.25;
  context.strokeRect(x + 4 + u * width - 0.5, y + 19.5, width + 0.5, 16);
}

// A symbol with a small number below; both get smaller where they would leave the box.
function subscripted(context, symbol, below, x, y, room) {
  const widths = (size) => [[`italic ${size}px`, symbol], [`${0.77 * size}px`, below]].map(([font, text]) => {
    context.font = `${font} sans-serif`;
    return context.measureText(text).width;
  });
  const size = 13 * Math.min(1, room / (widths(13)[0] + widths(13)[1] + 1));
  const [main, sub] = widths(size);
  context.textAlign = "left";
  context.fillText(below, x - (main + sub) / 2 + main + 1, y + 4);
  context.font = `italic ${size}px sans-serif`;
  context.fillText(symbol, x - (main + sub) / 2, y);
  context.textAlign = "center";
}
