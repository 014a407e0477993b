// The rows: heat maps here, curves and bars in curves.js, the conveyor belt in flow.js.

const SMALL = "11px sans-serif";

function drawGrid({ grid, data, geo, colours, scales }) {
  const context = prepare(grid, geo.width, geo.grid);
  context.textBaseline = "middle";
  drawLabels(context, data, geo, colours);
  for (const spot of geo.rows) {
    if (spot.row.kind === "cells") drawCells(context, data, geo, spot, scales.get(spot.row.name).paint, colours);
    else if (spot.row.kind === "flow") drawFlow(context, data, geo, spot, colours);
    else drawCurve(context, data, geo, spot, colours);
  }
  drawMarks(context, data, geo, colours);
}

function drawMarks(context, data, geo, colours) {
  context.strokeStyle = css(colours.text);
  context.setLineDash([3, 3]);
  for (const t of Object.keys(data.marks)) {
    const x = Math.round(columnX(geo, +t + 1)) - 0.5;
    stroke(context, [[x, geo.head - 6], [x, geo.grid]]);
  }
  context.setLineDash([]);
}

function drawLabels(context, data, geo, colours) {
  context.font = "12.5px sans-serif";
  context.fillStyle = css(mix(colours.background, colours.text, 0.75));
  const second = data.steps[geo.every - 1] ?? "";
  const apart = (context.measureText(data.steps[0]).width + context.measureText(second).width) / 2 + 3;
  const crowded = geo.every > 1 && (geo.every - 1) * geo.column < apart; // then the first label gives way
  for (let t = 0; t < data.steps.length; t++) {
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

function drawCells(context, data, geo, spot, paint, colours) {
  const { row, count, cell } = spot;
  const start = geo.lead ? data[`@${row.name}.start`] : null;
  const [from, stop] = row.span ?? [start ? -1 : 0, geo.T];
  const block = { from, stop, count, paint, numberAt: (t, u) => (t < 0 ? start.data[u] : read(data, row.name, [t, u])) };
  paintCells(context, geo, spot, block);
  ruleCells(context, geo, spot, block);
  if (!row.axis && cell >= 10) names(context, geo, spot, colours);
  if (geo.column >= 30 && cell >= 13) writeCells(context, geo, spot, block);
}

const small = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }); // one for all rows: each new one costs a millisecond

// One pixel per cell, drawn large.
function paintCells(context, geo, { y, height }, { from, stop, count, paint, numberAt }) {
  const pixels = new ImageData(stop - from, count);
  for (let u = 0, k = 0; u < count; u++)
    for (let t = from; t < stop; t++, k += 4) pixels.data.set([...paint(numberAt(t, u)), 255], k);
  Object.assign(small.canvas, { width: stop - from, height: count });
  small.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small.canvas, columnX(geo, from), y, (stop - from) * geo.column, height);
}

function ruleCells(context, geo, { y, height, cell }, { from, stop, count }) {
  const [left, right] = [columnX(geo, from), columnX(geo, stop)];
  context.lineWidth = 1;
  context.strokeStyle = "rgba(128,128,128,0.4)";
  context.strokeRect(left + 0.5, y + 0.5, right - left - 1, height - 1);
  context.beginPath();
  for (let t = from + 1; geo.column >= 7 && t < stop; t++) {
    context.moveTo(columnX(geo, t), y);
    context.lineTo(columnX(geo, t), y + height);
  }
  for (let u = 1; cell >= 7 && u < count; u++) {
    context.moveTo(left, y + u * cell);
    context.lineTo(right, y + u * cell);
  }
  context.stroke();
}

function writeCells(context, geo, { y, cell }, { from, stop, count, paint, numberAt }) {
  context.font = `${geo.column < 42 ? 11 : 13}px sans-serif`;
  for (let t = from; t < stop; t++)
    for (let u = 0; u < count; u++) {
      const number = numberAt(t, u);
      context.fillStyle = ink(paint(number));
      context.fillText(fitting(context, number, geo.column - 3), columnX(geo, t + 0.5), y + (u + 0.5) * cell + 0.5);
    }
}

// A number with as many of three digits as there is room for: −0.049, −0.05, or at last −.05.
function fitting(context, number, room) {
  if (!Number.isFinite(number)) return shown(number);
  for (const digits of [3, 2, 1]) {
    const text = format(number, digits);
    if (context.measureText(text).width <= room) return text;
  }
  const bare = format(number, 1).replace("0.", ".");
  return context.measureText(bare).width <= room ? bare : "";
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
