// A plane of cells on a canvas, with a second canvas above it for what moves.

const TEXT_CELL = 25; // px: cells at least this wide carry their value
const MARK = 12; // px: no frame is smaller, however small the cells are
const LEAST = 32; // px: no plane is lower or narrower, so cells are square only where there are many rows and columns

// A picture of one pixel per cell. paint(row, column) -> [r, g, b]
function pixels(rows, columns, paint) {
  const image = new ImageData(columns, rows);
  for (let r = 0, k = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, k += 4) {
      const [red, green, blue] = paint(r, c);
      image.data[k] = red; image.data[k + 1] = green; image.data[k + 2] = blue; image.data[k + 3] = 255;
    }
  const canvas = element("canvas", { width: columns, height: rows, "aria-hidden": "true" });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// A line with a rim, black around light colours and white around dark ones: one of the two is seen on any colour.
function rimmed(context, colour, width, draw) {
  for (const [style, thickness] of [[ink(rgb(colour)), width + 2], [colour, width]]) {
    context.strokeStyle = style;
    context.lineWidth = thickness;
    draw();
  }
}

function plane(label, role) {
  const base = element("canvas", { "aria-hidden": "true" });
  const over = element("canvas", { "aria-hidden": "true", class: "over" });
  const caption = element("div", { class: "caption" });
  const box = element("div", { class: "cells" }, base, over);
  const node = element("figure", { class: `plane ${role}`, "aria-label": label }, caption, box);
  let [rows, columns, slots] = [1, 1, null];
  let [wide, high] = [1, 1]; // px: a cell
  let [width, height] = [1, 1]; // px: the plane
  const left = (c) => (slots.first + c * slots.step) * wide;

  // paint(row, column) -> [r, g, b]; write(row, column) -> text or null; columns stand in the slots first, first + step,
  // … of so many, as those of a plane above do, or side by side
  function draw(shape, room, paint, write, places = { count: shape[1], first: 0, step: 1 }) {
    [rows, columns] = shape;
    slots = places;
    let cell = Math.min(room.width / slots.count, room.height / rows, 56);
    if (cell > 4) cell = Math.floor(cell);
    [wide, high] = [slots.count, rows].map((count) => Math.max(cell, LEAST / count));
    [width, height] = [slots.count * wide, rows * high];
    const context = prepare(base, width, height);
    context.imageSmoothingEnabled = false;
    if (slots.step > 1) bars(context, paint);
    else context.drawImage(pixels(rows, columns, paint), left(0), 0, columns * wide, height);
    prepare(over, width, height);
    box.style.width = `${width}px`;
    box.style.height = `${height}px`;
    if (Math.max(wide, high) >= 12 && Math.min(wide, high) >= 4) lines(context);
    if (Math.max(wide, high) >= TEXT_CELL) texts(context, paint, write);
    return context;
  }
  // Cells with gaps between them, one by one: scaled as a picture, those narrower than a pixel would be lost.
  function bars(context, paint) {
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        context.fillStyle = css(paint(r, c));
        context.fillRect(Math.round(left(c)), r * high, Math.max(1, Math.round(wide)), high);
      }
  }
  function lines(context) {
    context.strokeStyle = "rgba(128,128,128,0.35)";
    context.beginPath();
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) context.rect(left(c), r * high, wide, high);
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
        const size = Math.min(14, high * 0.42, (wide * 1.3) / Math.max(2, text.length));
        context.font = `${size}px sans-serif`;
        if (size >= 7) context.fillText(text, left(c) + wide / 2, (r + 0.5) * high);
      }
  }
  // rectangles: [{ r, c, rows, columns, stroke?, fill?, text? }], in cells
  function mark(rectangles) {
    const context = over.getContext("2d");
    context.clearRect(0, 0, width, height);
    for (const area of rectangles) {
      const [x, last] = [left(area.c), left(area.c + (area.columns ?? 1) - 1)];
      const at = [x, area.r * high, last + wide - x, (area.rows ?? 1) * high];
      if (area.fill) { context.fillStyle = area.fill; context.fillRect(...at); }
      if (area.stroke) frame(context, area.stroke, ...at);
      if (area.text && Math.max(wide, high) < TEXT_CELL) sign(context, area.text, x + wide / 2, at[1] + high / 2);
    }
  }
  // A frame just inside its cells; where they are tiny it is larger than they are, but never outside the plane.
  function frame(context, colour, x, y, ...sides) {
    const [across, down] = sides.map((side) => Math.round(Math.max(side, MARK)));
    const from = Math.round(clamp(x - (across - sides[0]) / 2, 0, Math.max(0, width - across)));
    const top = Math.round(clamp(y - (down - sides[1]) / 2, 0, Math.max(0, height - down)));
    rimmed(context, colour, 2, () => context.strokeRect(from + 2, top + 2, across - 4, down - 4));
  }
  function sign(context, text, x, y) {
    const corner = (middle, side) => Math.round(clamp(middle - 8, 2, Math.max(2, side - 18)));
    const [from, top] = [corner(x, width), corner(y, height)];
    rimmed(context, COLOURS.weight, 2, () => context.strokeRect(from, top, 16, 16));
    context.fillStyle = COLOURS.weight;
    context.fillRect(from, top, 16, 16);
    context.fillStyle = "#111";
    context.font = "bold 14px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, from + 8, top + 9);
  }
  // Pointer position -> [row, column], or null outside; between two cells the nearer one.
  function hit(event) {
    const edge = over.getBoundingClientRect();
    const r = Math.floor((event.clientY - edge.top) / high);
    const c = Math.round((event.clientX - edge.left - left(0) - wide / 2) / (slots.step * wide));
    return r >= 0 && c >= 0 && r < rows && c < columns ? [r, c] : null;
  }
  return { node, caption, box, draw, mark, hit, get wide() { return wide; }, get high() { return high; } };
}
