// The arrows of the unrolled network.

const SMALL_BOLD = "600 12px sans-serif";

// One kind of arrow, at every step; one end may lie outside of the window.
function drawLink(net, link, k) {
  const { data, context, where } = net;
  const numbers = data[`@link ${k}`]?.data;
  const most = numbers ? Math.max(...numbers.filter(Number.isFinite).map(Math.abs), 1e-30) : 1;
  const both = data.links.some((other) => other.source === link.target && other.target === link.source && other.dt === -link.dt);
  context.strokeStyle = context.fillStyle = css(rgb(COLOURS[link.role]));
  context.font = SMALL_BOLD;
  const [first, last] = [where.steps[0], where.steps.at(-1)];
  for (let t = first - Math.max(0, link.dt); t <= last + Math.max(0, -link.dt); t++) {
    const to = t + link.dt;
    if (!net.has(link.source, t) || !net.has(link.target, to)) continue;
    if (Math.max(t, to) < first || Math.min(t, to) > last) continue;
    if (numbers && t >= 0 && Number.isNaN(numbers[t])) continue; // nothing goes this way here
    context.lineWidth = numbers ? 1 + 3 * Math.min(1, Math.abs(numbers[t] || 0) / most) : 1.75;
    const text = numbers && t >= 0 ? fitting(context, numbers[t], where.width - 6) : link.label;
    (link.dt ? sideLink : goesAround(net, link) ? aroundLink : verticalLink)(net, link, t, to, text, both);
  }
}

function verticalLink(net, link, t, to, text, both) {
  const { context, where } = net;
  const [from, end] = [net.y(link.source), net.y(link.target)];
  const up = end < from;
  const x = where.x(t) + (both ? (up ? -11 : 11) : 0);
  const [y1, y2] = up ? [from, end + BOX] : [from + BOX, end];
  arrow(context, [[x, y1], [x, y2]]);
  label(net, text, x + (up && both ? -6 : 6), (y1 + y2) / 2 + (up ? 3 : -3), up && both ? "right" : "left");
}

// Past the layers between, in turn on the left and on the right.
function aroundLink(net, link, t, to, text) {
  const { context, where, box } = net;
  const [from, end] = [net.y(link.source), net.y(link.target)];
  const sign = net.data.links.filter((other) => goesAround(net, other)).indexOf(link) % 2 ? 1 : -1;
  const [side, lane] = [where.x(t) + (sign * box) / 2, where.x(t) + sign * (box / 2 + 10)];
  arrow(context, [[side, from + BOX / 2], [lane, from + BOX / 2], [lane, end + BOX / 2], [side + sign, end + BOX / 2]]);
  label(net, text, lane + sign * 4, end < from ? from - ROOM / 2 : from + BOX + ROOM / 2, sign < 0 ? "right" : "left");
}

const goesAround = (net, { source, target, dt }) => dt === 0 && Math.abs(net.y(source) - net.y(target)) > BOX + ROOM + 1;

function sideLink(net, link, t, to, text, both) {
  const { context, where, box } = net;
  const sign = link.dt > 0 ? 1 : -1;
  const shift = both ? (sign > 0 ? -8 : 8) : 0;
  const x1 = clamp(where.x(t) + (sign * box) / 2, where.left, where.right);
  const x2 = clamp(where.x(to) - (sign * box) / 2, where.left, where.right);
  if (Math.abs(x1 - x2) < 4) return;
  const [y1, y2] = [link.source, link.target].map((name) => net.y(name) + BOX / 2 + shift);
  arrow(context, [[x1, y1], [x2, y2]]);
  context.font = SMALL_BOLD;
  const room = (Math.abs(x1 - x2) - context.measureText(text).width) / 2;
  const tight = y1 === y2 && room < 3; // then it stands below the boxes
  if (tight) label(net, text, (x1 + x2) / 2, y1 - shift + BOX / 2 + 9, "center");
  else label(net, text, (x1 + x2) / 2 - sign * clamp(room - 1, 0, 9), (y1 + y2) / 2 + (both && sign < 0 ? 10 : -9), "center");
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
