// Drawing on the two canvases. `s` is the scene's state: data, names, screen and depth by point, colours, dimmed groups.

const HUES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#8C6BB1", "#B2912F", "#4D4D4D"];

const count = (s) => s.data.labels.length;
const groupOf = (s, i) => (s.data.group ? s.data.group.data[i] : 0);
const groupHue = (s, g) => s.data.groupColours[g] ?? HUES[g % HUES.length];
const off = (s, i) => s.dimmed.has(groupOf(s, i)) && i < count(s);
const FEW = 600; // points that are large, each of them in sight
const dot = (s) => Math.min(4.5, (count(s) > 4000 ? 1.5 : count(s) > FEW ? 2.5 : 4.5) * Math.sqrt(s.zoom));
const place = (s, i) => [s.screen[2 * i], s.screen[2 * i + 1]];
const green = (s, share) => css(mix(rgb(COLOURS.result), s.colours.text, share));

function font(s, context, bold) {
  context.font = `${bold ? "600 " : ""}13px ${s.fontFamily}`;
}

// How wide each label is; measured once per word and weight.
function labelWidth(s, context, bold) {
  const known = bold ? s.boldWidths : s.widths;
  return (i) => {
    if (!known.has(s.names[i])) known.set(s.names[i], context.measureText(s.names[i]).width);
    return known.get(s.names[i]);
  };
}

function paintText(s, context, i, x, y, colour) {
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = css(s.colours.background);
  context.strokeText(s.names[i], x, y);
  context.fillStyle = colour ?? css(mix(s.colours.background, s.colours.text, i >= count(s) ? 0.75 : 1));
  context.fillText(s.names[i], x, y);
}

// One path per colour and depth: ten thousand single fills would be slow. The first points, of frequent words, lie on top.
function paintPoints(s, context) {
  const three = s.data.positions.shape[2] === 3;
  const batches = new Map();
  for (let i = count(s) - 1; i >= 0; i--) {
    const near = three ? (s.depth[i] > 0.25 ? 2 : s.depth[i] > -0.25 ? 1 : 0) : 2;
    const key = 4 * groupOf(s, i) + near;
    if (!batches.has(key)) batches.set(key, { first: i, near, members: [] });
    batches.get(key).members.push(i);
  }
  for (const { first, near, members } of [...batches.values()].sort((a, b) => a.near - b.near)) {
    const strength = off(s, first) ? 0.15 : [0.45, 0.7, 0.92][near];
    context.fillStyle = css(mix(s.colours.background, rgb(groupHue(s, groupOf(s, first))), strength));
    context.beginPath();
    const r = dot(s) * (three ? [0.7, 0.9, 1.15][near] : 1);
    for (const i of members) {
      const [x, y] = place(s, i);
      if (r <= 2) context.rect(x - r, y - r, 2 * r, 2 * r);
      else {
        context.moveTo(x + r, y);
        context.arc(x, y, r, 0, 7);
      }
    }
    context.fill();
  }
}

// Arrows, and squares for the marks: a mark is a place, not a word.
function paintArrows(s, context) {
  context.strokeStyle = context.fillStyle = css(s.colours.text);
  context.lineWidth = 2;
  for (const [from, to] of s.data.arrows) paintArrow(context, ...place(s, from), ...place(s, to));
  for (let i = count(s); i < s.names.length; i++) {
    const [x, y] = place(s, i);
    context.strokeRect(x - 5, y - 5, 10, 10);
  }
}

function paintArrow(context, x0, y0, x1, y1) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  if (Math.hypot(x1 - x0, y1 - y0) < 14) return;
  const at = (x, y, far, turn = 0) => [x + far * Math.cos(angle + turn), y + far * Math.sin(angle + turn)];
  const [tx, ty] = at(x1, y1, -7);
  context.beginPath();
  context.moveTo(...at(x0, y0, 6));
  context.lineTo(tx, ty);
  context.stroke();
  context.beginPath();
  context.moveTo(...at(tx, ty, 2));
  context.lineTo(...at(tx, ty, 9, 2.7));
  context.lineTo(...at(tx, ty, 9, -2.7));
  context.fill();
}

// What labels had better not hide: points, unless they are many, marks, and arrows, along which small boxes stand.
function painted(s) {
  const spots = [];
  const add = (x, y, r) => spots.push({ left: x - r, right: x + r, top: y - r, bottom: y + r });
  if (count(s) <= FEW) for (let i = 0; i < count(s); i++) if (!off(s, i)) add(...place(s, i), dot(s));
  for (let i = count(s); i < s.names.length; i++) add(...place(s, i), 6);
  for (const [from, to] of s.data.arrows) {
    const [[x0, y0], [x1, y1]] = [place(s, from), place(s, to)];
    const steps = Math.min(200, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 6));
    for (let k = 1; k < steps; k++) add(x0 + ((x1 - x0) * k) / steps, y0 + ((y1 - y0) * k) / steps, 3);
  }
  return spots;
}

function paintZero(s, context, cam) {
  const origin = new Float32Array(2);
  cam.project(new Float32Array(2), origin, s.depth);
  context.strokeStyle = css(mix(s.colours.background, s.colours.text, 0.3));
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(origin[0], 0);
  context.lineTo(origin[0], cam.size.height);
  context.moveTo(0, origin[1]);
  context.lineTo(cam.size.width, origin[1]);
  context.stroke();
}

// The focused point with its neighbours, over a veil that leaves the rest in sight.
function paintFocus(s, context, focus, { truth, lies }, box) {
  context.globalAlpha = 0.72;
  context.fillStyle = css(s.colours.background);
  context.fillRect(0, 0, box.width, box.height);
  context.globalAlpha = 1;
  for (const i of lies) paintRing(s, context, i);
  for (const { index, near } of truth) paintLink(s, context, focus, index, near ? [] : [6, 5]);
  paintDisc(s, context, focus, dot(s) + 3);
  font(s, context, true);
  const group = [focus, ...truth.map((t) => t.index), ...lies];
  const false_ = css(mix(rgb(COLOURS.gradient), s.colours.text, 0.25));
  for (const { index, dx, dy } of placeLabels(group, s.screen, dot(s) + 2, labelWidth(s, context, true), box, group.length)) {
    const [x, y] = place(s, index);
    paintText(s, context, index, x + dx, y + dy, lies.includes(index) ? false_ : undefined);
  }
}

function paintLink(s, context, from, to, dash) {
  context.setLineDash(dash);
  context.strokeStyle = green(s, 0.15);
  context.lineWidth = 1.75;
  context.beginPath();
  context.moveTo(...place(s, from));
  context.lineTo(...place(s, to));
  context.stroke();
  context.setLineDash([]);
  paintDisc(s, context, to, dot(s) + 1);
}

function paintRing(s, context, i) {
  context.setLineDash([1, 3]);
  context.strokeStyle = COLOURS.gradient;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(...place(s, i), dot(s) + 4, 0, 7);
  context.stroke();
  context.setLineDash([]);
  paintDisc(s, context, i, dot(s));
}

function paintDisc(s, context, i, r) {
  context.fillStyle = groupHue(s, groupOf(s, i));
  context.beginPath();
  context.arc(...place(s, i), r, 0, 7);
  context.fill();
}
