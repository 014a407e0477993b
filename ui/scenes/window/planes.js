// What is painted on the input and on the output plane.

function drawInput(view, room) {
  const { data, input } = view;
  const colours = theme(view.root);
  const border = mix(colours.background, colours.text, 0.12);
  input.caption.textContent = data.labels.input;
  const context = (data.views ? drawCounts : drawPicture)(view, room, colours, border);
  const [top, bottom, left, right] = data.pads;
  if (top + bottom + left + right === 0) return;
  const [rows, columns] = data.grid;
  context.setLineDash([5, 4]);
  context.lineWidth = 1.5;
  context.strokeStyle = css(rgb(COLOURS.input));
  const { wide, high } = input;
  context.strokeRect(left * wide, top * high, (columns - left - right) * wide, (rows - top - bottom) * high);
  context.setLineDash([]);
}

function drawPicture(view, room, colours, border) {
  const { data, input } = view;
  const channels = data.input.shape[2];
  const scale = painter(data.inputScale, data.input.data, colours);
  const filled = (r, c) => (data.fill === "zeros" ? border : mix(scale(inputAt(view, r, c, 0)), border, 0.6));
  const colour = (r, c) => (channels === 3 ? [0, 1, 2].map((k) => inputAt(view, r, c, k)) : scale(inputAt(view, r, c, 0)));
  const write = (r, c) => (channels === 1 ? format(inputAt(view, r, c, 0), 3) : null);
  return input.draw(data.grid, room, (r, c) => (padded(view, r, c) ? filled : colour)(r, c), write);
}

// By how many windows each cell is seen.
function drawCounts(view, room, colours, border) {
  const { data, input, links } = view;
  const [down, across] = links.map(({ feeds }) => Math.max(...feeds.map((cells) => cells.length)));
  const scale = scales(colours).magnitude(down * across);
  const lost = mix(colours.background, rgb(COLOURS.negative), 0.3);
  const paint = (r, c) => {
    if (padded(view, r, c)) return mix(scale(seen(view, r, c)), border, 0.75);
    return seen(view, r, c) ? scale(seen(view, r, c)) : lost;
  };
  const context = input.draw(data.grid, room, paint, (r, c) => String(seen(view, r, c)));
  crossOut(view, context);
  if (data.stops) drawStops(view, context);
  return context;
}

// Cells that no window sees are crossed out.
function crossOut(view, context) {
  const { grid: [rows, columns] } = view.data;
  const { wide, high } = view.input;
  const side = Math.min(wide, high);
  if (side < 5) return;
  context.strokeStyle = COLOURS.negative;
  context.lineWidth = Math.min(1.5, side / 12);
  context.beginPath();
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      if (seen(view, r, c) || padded(view, r, c)) continue;
      context.moveTo(c * wide, (r + 1) * high);
      context.lineTo((c + 1) * wide, r * high);
    }
  context.stroke();
}

// A dot in the cell where the corner of the window stops, unless they would run into each other.
function drawStops({ links, key, input: { wide, high } }, context) {
  const stops = links.map(({ sees }) => sees.map((cells) => cells[0]));
  const [down, across] = stops.map((cells) => (cells.length > 1 ? cells[1] - cells[0] : Infinity));
  const gap = Math.min(down * high, across * wide);
  key.classList.toggle("dense", gap < 6);
  if (gap < 6) return;
  const size = clamp(Math.min(wide, high) / 9, 1, 3.5);
  const [x, y] = [wide, high].map((side) => (side < 14 ? side / 2 : size + 3));
  const [rows, columns] = stops;
  context.fillStyle = COLOURS.weight;
  for (const r of rows)
    for (const c of columns) {
      context.beginPath();
      context.arc(c * wide + x, r * high + y, size, 0, 7);
      context.fill();
    }
}

function drawOutput(view, room) {
  const { data, filter, input, output } = view;
  const colours = theme(view.root);
  output.caption.textContent = data.labels.output + (data.names.length > 1 ? ` · ${data.names[filter]}` : "");
  if (data.views) return drawReal(view, room, colours);
  if (!data.maps) {
    const plain = mix(colours.background, rgb(COLOURS.result), 0.35);
    return output.draw(data.output, room, () => plain, () => null);
  }
  // A cell is as large as the pixels from one stop to the next: what is at the same place looks so.
  const [height, width] = [input.high, input.wide].map((side, k) => data.output[k] * side * data.strides[k]);
  const fitting = { width: Math.min(room.width, width), height: Math.min(room.height, height) };
  output.draw(data.output, fitting, mapPaint(view, filter, colours), (r, c) => (masked(view, r, c) ? "?" : format(mapAt(view, "maps", r, c), 3)));
  view.scale.replaceChildren(...(data.outputScale === "signed" ? scaleBar(data.maps.data, colours) : []));
}

// All maps share one range, so that their colours can be compared.
function mapPaint(view, k, colours) {
  const scale = painter(view.data.outputScale, view.data.maps.data, colours);
  return (r, c) => (masked(view, r, c, k) ? colours.background : scale(mapAt(view, "maps", r, c, k)));
}

// What the colours of the maps mean.
function scaleBar(values, colours) {
  const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const below = values.some((value) => value < 0);
  const bar = element("i", { "aria-hidden": "true" });
  bar.style.background = `linear-gradient(90deg, ${[...(below ? [COLOURS.negative] : []), css(colours.background), COLOURS.positive].join(", ")})`;
  const end = format(limit < 100 ? limit : Math.round(limit), 3);
  return [below ? `−${end}` : "0", bar, end];
}

// One button for each map, with the map in small.
function mapButtons(view, choose) {
  const { data: { names, output: [rows, columns] }, filter, root } = view;
  const colours = theme(root);
  return names.map((name, k) => {
    const map = pixels(rows, columns, mapPaint(view, k, colours));
    map.classList.toggle("coarse", rows < 44);
    return element("button", { class: "chip", type: "button", "aria-pressed": String(k === filter), onclick: () => choose(k) }, map, name);
  });
}

// How many real cells each output cell sees.
function drawReal(view, room, colours) {
  const { data, output } = view;
  const [down, across] = [0, 1].map((k) => Array.from({ length: data.output[k] }, (_, n) => real(view, k, n)));
  const scale = scales(colours).magnitude(Math.max(...down) * Math.max(...across) * 1.6);
  output.draw(data.output, room, (r, c) => scale(down[r] * across[c]), (r, c) => String(down[r] * across[c]), slots(view));
}

// Samples of one layer stand under those that they see: under the middle of their window, causal ones under its end,
// as no window that ends there looks ahead. (Windows of a stack are cut at the edges, and have no middle to stand under.)
function slots(view) {
  const { data, links: [, { sees }] } = view;
  if (!flat(view) || data.table) return undefined;
  const [first, last] = [sees[0][0], sees[0].at(-1)];
  return { count: data.grid[1], first: data.causal ? last : (first + last) >> 1, step: sees.length > 1 ? sees[1][0] - first : 1 };
}

function painter(kind, values, colours) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = scales(colours);
  if (kind === "grey") return scale.grey(0, Math.max(high, 1) > 32 ? 255 : high);
  if (kind === "magnitude") return scale.magnitude(high);
  return scale.signed(Math.max(Math.abs(low), Math.abs(high)));
}
