// A row of kind "flow": a quantity on a conveyor belt. At every step, from left to right: what came in (the part that
// is kept, and hatched what is erased), what is added, and what goes on, with the part of it that is shown.

function drawFlow(context, data, geo, spot, colours) {
  const line = axis(data, spot);
  flowFrame(context, geo, spot, line, colours);
  for (let t = 0; t < geo.T; t++) flowStep(context, data, geo, spot, line, colours, t);
}

function flowStep(context, data, geo, { row, y, height }, line, colours, t) {
  const part = (name) => data[`@${row.name}.${name}`].data[t];
  const tint = (role) => css(mix(rgb(COLOURS[role]), colours.background, 0.12));
  const width = clamp(geo.column * 0.27, 1, 26);
  const [left, middle, right] = [0.2, 0.5, 0.8].map((share) => columnX(geo, t + share));
  const level = read(data, row.name, [t, 0]);
  const before = t ? read(data, row.name, [t - 1, 0]) : data[`@${row.name}.start`]?.data[0] ?? 0;
  if (before !== null) carry(context, columnX(geo, t ? t - 0.2 : 0), left, line.to(before), tint("c"));
  if (level === null) {
    context.fillStyle = css(colours.text);
    return context.fillText("?", columnX(geo, t + 0.5), y + height / 2);
  }
  const kept = part("kept");
  block(context, left, width, line.to(0), line.to(kept), tint("c"));
  hatch(context, left, width, line.to(kept), line.to(before), tint("f"));
  carry(context, left, middle, line.to(kept), tint("c"));
  block(context, middle, width, line.to(kept), line.to(kept + part("added")), tint("i"));
  carry(context, middle, right, line.to(level), tint("c"));
  block(context, right, width, line.to(0), line.to(level), tint("c"));
  block(context, right, width * 0.45, line.to(0), line.to(part("shown")), css(mix(rgb(COLOURS.h), colours.text, 0.25)));
}

function flowFrame(context, geo, { y, height }, line, colours) {
  context.strokeStyle = "rgba(128,128,128,0.4)";
  context.lineWidth = 1;
  context.strokeRect(geo.x0 + 0.5, y + 0.5, geo.T * geo.column - 1, height - 1);
  context.strokeStyle = css(mix(colours.background, colours.text, 0.6));
  stroke(context, [[geo.x0, line.to(0)], [geo.end, line.to(0)]]);
  context.font = SMALL;
  context.fillStyle = css(mix(colours.background, colours.text, 0.75));
  context.textAlign = "right";
  for (const number of [line.high, 0, line.low]) context.fillText(format(number, 2), geo.x0 - 4, clamp(line.to(number), y + 6, y + height - 6));
  context.textAlign = "center";
}

function carry(context, from, to, y, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  stroke(context, [[from, y], [to, y]]);
}

function block(context, x, width, y1, y2, colour) {
  context.fillStyle = colour;
  context.fillRect(x - width / 2, Math.min(y1, y2), width, Math.abs(y2 - y1));
}

function hatch(context, x, width, y1, y2, colour) {
  const [top, bottom] = [Math.min(y1, y2), Math.max(y1, y2)];
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.save();
  context.beginPath();
  context.rect(x - width / 2, top, width, bottom - top);
  context.clip();
  for (let y = top - width; y < bottom + width; y += 4) stroke(context, [[x - width / 2, y + width], [x + width / 2, y]]);
  context.restore();
  if (bottom - top > 1) context.strokeRect(x - width / 2 + 0.5, top + 0.5, width - 1, bottom - top - 1);
}
