// Rows of curves and of bars, with an axis at their left.

const ownColour = (row, u) => (row.roles.length ? rgb(COLOURS[row.roles[u]]) : null);
const dash = (row, u) => (row.dashed[u] ? [5, 4] : []);

// The axis of a row: its ends and how a number becomes a height.
function axis(data, { row, y, height }) {
  const numbers = [...unmasked(data, row.name), ...(data[`@${row.name}.targets`]?.data ?? []).filter(Number.isFinite)];
  if (row.scale === "exponent") return powersAxis(numbers, row, y, height);
  let [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
  if (row.limit !== null) [low, high] = [row.floor ?? (row.scale === "signed" ? -row.limit : 0), row.limit];
  if (row.scale === "unit") [low, high] = [0, 1];
  if (low === high) high = low + 1;
  return { low, high, to: (number) => rise((number - low) / (high - low), y, height) };
}

// From a share of the axis to a height, within the row.
const rise = (share, y, height) => y + height - 2 - (height - 4) * clamp(share, 0, 1);

function drawCurve(context, data, geo, spot, colours) {
  const { row, y, height } = spot;
  const count = sizeOf(data, row);
  const line = axis(data, spot);
  context.strokeStyle = "rgba(128,128,128,0.4)";
  context.lineWidth = 1;
  context.strokeRect(geo.x0 + 0.5, y + 0.5, geo.T * geo.column - 1, height - 1);
  if (row.scale !== "exponent") stroke(context, [[geo.x0, line.to(0)], [geo.end, line.to(0)]]);
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

// Where there is no number the curve is broken.
function curve(context, data, geo, row, u, count, line) {
  const points = Array.from({ length: geo.T }, (_, t) => {
    const number = read(data, row.name, [t, u]);
    return Number.isFinite(number) && within(row, line, number) ? [columnX(geo, t + 0.5), line.to(number)] : null;
  });
  context.lineWidth = 1.75;
  const run = [];
  for (const point of [...points, null]) {
    if (point) run.push(point);
    else stroke(context, run.splice(0));
  }
  if (row.dashed[u] || geo.column < (row.roles.length ? 18 : 9)) return;
  for (const [x, y] of points.filter(Boolean)) {
    context.beginPath();
    context.arc(x, y, 2.5, 0, 7);
    context.fill();
  }
}

function bars(context, data, geo, row, u, count, line) {
  const share = Math.max(1, (geo.column * 0.8) / count);
  const zero = line.to(0);
  for (let t = 0; t < geo.T; t++) {
    const number = read(data, row.name, [t, u]);
    if (number === undefined || number === null || Number.isNaN(number)) continue;
    const top = line.to(clamp(number, -1e38, 1e38));
    const x = columnX(geo, t) + geo.column * 0.1 + u * share;
    context.fillRect(x, Math.min(top, zero), Math.min(share, Math.max(1, geo.column - 1)), Math.max(1, Math.abs(zero - top)));
  }
}

function drawTargets(context, data, geo, row, line, colours) {
  const targets = data[`@${row.name}.targets`];
  if (!targets) return;
  context.lineWidth = 1.5;
  context.strokeStyle = css(colours.text);
  const radius = clamp(geo.column / 3, 1.5, 4);
  for (let t = 0; t < geo.T; t++) {
    if (!Number.isFinite(targets.data[t])) continue;
    context.beginPath();
    context.arc(columnX(geo, t + 0.5), line.to(targets.data[t]), radius, 0, 7);
    context.stroke();
  }
}
