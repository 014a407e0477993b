// A plane of cells on a canvas, with a second canvas above it for what moves.

const TEXT_CELL = 25; // px: cells at least this wide carry their value
const MARK = 12; // px: no frame is smaller, however small the cells are

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
  let [rows, columns, cell] = [1, 1, 1];

  // paint(row, column) -> [r, g, b]; write(row, column) -> text or null
  function draw(shape, room, paint, write) {
    [rows, columns] = shape;
    cell = Math.min(room.width / columns, room.height / rows, 56);
    if (cell > 4) cell = Math.floor(cell);
    const [width, height] = [columns * cell, rows * cell];
    const context = prepare(base, width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(pixels(rows, columns, paint), 0, 0, width, height);
    prepare(over, width, height);
    box.style.width = `${width}px`;
    box.style.height = `${height}px`;
    if (cell >= 12) lines(context, width, height);
    if (cell >= TEXT_CELL) texts(context, paint, write);
    return context;
  }
  function lines(context, width, height) {
    context.strokeStyle = "rgba(128,128,128,0.35)";
    context.beginPath();
    for (let r = 0; r <= rows; r++) { context.moveTo(0, r * cell); context.lineTo(width, r * cell); }
    for (let c = 0; c <= columns; c++) { context.moveTo(c * cell, 0); context.lineTo(c * cell, height); }
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
        const size = Math.min(14, cell * 0.42, (cell * 1.55) / Math.max(2, text.length));
        context.font = `${size}px sans-serif`;
        if (size >= 7.5) context.fillText(text, (c + 0.5) * cell, (r + 0.5) * cell);
      }
  }
  // rectangles: [{ r, c, rows, columns, stroke?, fill?, text? }], in cells
  function mark(rectangles) {
    const context = over.getContext("2d");
    context.clearRect(0, 0, columns * cell, rows * cell);
    for (const area of rectangles) {
      const at = [area.c * cell, area.r * cell, (area.columns ?? 1) * cell, (area.rows ?? 1) * cell];
      if (area.fill) { context.fillStyle = area.fill; context.fillRect(...at); }
      if (area.stroke) frame(context, area.stroke, ...at);
      if (area.text && cell < TEXT_CELL) sign(context, area.text, at[0] + cell / 2, at[1] + cell / 2);
    }
  }
  // A frame just inside its cells; where they are tiny it is larger than they are, but never outside the plane.
  function frame(context, colour, x, y, width, height) {
    const [wide, high] = [width, height].map((side) => Math.round(Math.max(side, MARK)));
    const left = Math.round(clamp(x - (wide - width) / 2, 0, Math.max(0, columns * cell - wide)));
    const top = Math.round(clamp(y - (high - height) / 2, 0, Math.max(0, rows * cell - high)));
    rimmed(context, colour, 2, () => context.strokeRect(left + 2, top + 2, wide - 4, high - 4));
  }
  function sign(context, text, x, y) {
    const corner = (middle, side) => Math.round(clamp(middle - 8, 2, Math.max(2, side - 18)));
    const [left, top] = [corner(x, columns * cell), corner(y, rows * cell)];
    rimmed(context, COLOURS.weight, 2, () => context.strokeRect(left, top, 16, 16));
    context.fillStyle = COLOURS.weight;
    context.fillRect(left, top, 16, 16);
    context.fillStyle = "#111";
    context.font = "bold 14px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, left + 8, top + 9);
  }
  // Pointer position -> [row, column], or null outside.
  function hit(event) {
    const frame = over.getBoundingClientRect();
    const [r, c] = [Math.floor((event.clientY - frame.top) / cell), Math.floor((event.clientX - frame.left) / cell)];
    return r >= 0 && c >= 0 && r < rows && c < columns ? [r, c] : null;
  }
  return { node, caption, box, draw, mark, hit, get cell() { return cell; } };
}
