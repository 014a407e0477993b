// An encoder and its decoder as one chain over the columns. From the selected step arcs lead to the steps that it looks
// at, as wide as their weights: from a step of the decoder to all of the encoder, and the other way round.

const ARCS = 92; // px: height of the band
const BEAD = 15; // px: height of a step's box

// The weight between a step of the encoder and one of the decoder; null where it is masked.
function weightOf(data, from, to) {
  return data.arcs.row ? read(data, data.arcs.row, [from, to - data.arcs.first]) ?? null : null;
}

function drawArcs(view, context) {
  const { data, geo, colours } = view;
  const band = { data, geo, context, colours, x: (t) => columnX(geo, t + 0.5), y: geo.strip - BEAD - 6 };
  drawWeights(band, view.step);
  drawChain(band);
  drawNames(band);
  markRow(view);
}

function drawWeights({ data, context, x, y }, step) {
  const { first } = data.arcs;
  const others = step < first ? [first, data.steps.length] : [0, first];
  context.strokeStyle = css(rgb(COLOURS.weight));
  context.lineCap = "round";
  for (let other = others[0]; other < others[1]; other++) {
    const weight = weightOf(data, Math.min(step, other), Math.max(step, other));
    if (!(weight > 0.01)) continue;
    const [x1, x2] = [x(step), x(other)];
    const top = y - Math.min(y - 22, 14 + Math.abs(x1 - x2) * 0.3) * 1.3;
    context.globalAlpha = 0.25 + 0.75 * Math.min(1, weight);
    context.lineWidth = 0.75 + 7 * Math.min(1, weight);
    context.beginPath();
    context.moveTo(x1, y);
    context.bezierCurveTo(x1 + (x2 - x1) * 0.15, top, x1 + (x2 - x1) * 0.85, top, x2, y);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineCap = "butt";
}

function drawChain({ data, geo, context, colours, x, y }) {
  const { first } = data.arcs;
  const width = clamp(geo.column - 5, 3, 26);
  const middle = y + BEAD / 2;
  for (let t = 0; t < data.steps.length; t++) {
    const over = t === first;
    context.strokeStyle = css(over ? rgb(COLOURS.weight) : mix(colours.background, colours.text, 0.5));
    context.lineWidth = over ? 4 : 1.5;
    if (t) stroke(context, [[x(t - 1) + width / 2, middle], [x(t) - width / 2, middle]]);
    context.fillStyle = css(rgb(COLOURS[t < first ? "h" : "result"]));
    context.beginPath();
    context.roundRect(x(t) - width / 2, y, width, BEAD, 3);
    context.fill();
  }
}

function drawNames({ data, geo, context, colours, x, y }) {
  const [encoder, decoder, vector] = data.arcs.names;
  const border = columnX(geo, data.arcs.first);
  context.font = "600 12.5px sans-serif";
  context.fillStyle = css(mix(colours.background, colours.text, 0.85));
  context.textAlign = "left";
  context.fillText(encoder, geo.x0, 9, border - geo.x0 - 4);
  context.textAlign = "right";
  context.fillText(decoder, geo.end + (geo.narrow ? geo.right - 4 : 0), 9);
  if (data.arcs.row) return;
  context.fillStyle = css(mix(rgb(COLOURS.weight), colours.text, 0.3));
  context.fillText(vector, border - geo.column, y - 13);
  arrow(Object.assign(context, { lineWidth: 1.5, strokeStyle: context.fillStyle }), [[border, y - 20], [border, y - 3]]);
}

// The row of the matrix that belongs to the selected step of the decoder.
function markRow({ stage, data, geo, step }) {
  const mark = stage.querySelector(".follow") ?? stage.appendChild(element("div", { class: "unit follow" }));
  const spot = geo.rows.find(({ row }) => row.name === data.arcs.row);
  mark.hidden = !spot || step < data.arcs.first;
  if (mark.hidden) return;
  const top = geo.strip + spot.y + (step - data.arcs.first) * spot.cell;
  mark.style.cssText = `transform:translate(${geo.x0}px,${top}px);width:${data.arcs.first * geo.column}px;height:${spot.cell}px`;
}
