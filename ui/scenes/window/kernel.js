// The kernel's cells, which can be typed over where the page wants to know.

function drawKernel(view, narrow) {
  const { data, filter, kernelBox } = view;
  const [kh, kw] = data.kernel;
  const size = Math.min(40, Math.floor((narrow ? 130 : 150) / kw));
  const scale = kernelScale(view);
  const cells = [];
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) cells.push(kernelCell(view, i, j, scale(weightAt(view, i, j, 0)), size));
  const grid = element("div", { class: "grid" }, cells);
  grid.style.gridTemplateColumns = `repeat(${kw}, ${size}px)`;
  kernelBox.replaceChildren(element("div", { class: "caption" }, data.labels.kernel), grid,
    element("div", { class: "hint" }, data.editable && filter === 0 ? "click a cell to change it" : ""));
}

function kernelScale(view) {
  const [kh, kw] = view.data.kernel;
  let limit = 0;
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) limit = Math.max(limit, Math.abs(weightAt(view, i, j, 0)));
  return scales(theme(view.root)).signed(limit);
}

function kernelCell(view, i, j, shade, size) {
  const cell = element("input", { class: "cell", value: format(weightAt(view, i, j, 0), 3), inputmode: "text", size: 1,
    "aria-label": `Kernel row ${i + 1}, column ${j + 1}`, readonly: !view.data.editable || view.filter > 0, onchange: () => sendKernel(view) });
  const letters = clamp((size * 1.5) / cell.value.length, 8, Math.min(14, size * 0.36));
  cell.style.cssText = `width:${size}px;height:${size}px;background:${css(shade)};color:${ink(shade)};font-size:${letters}px`;
  return cell;
}

// Whatever was typed goes to the engine as it is: it says what is wrong with it, if anything is.
function sendKernel({ data: { kernel: [kh, kw] }, kernelBox, tools }) {
  const cells = [...kernelBox.querySelectorAll("input")].map((cell) => cell.value.trim().replace(/−/g, "-") || "0");
  const rows = Array.from({ length: kh }, (_, i) => cells.slice(i * kw, (i + 1) * kw).join(" "));
  tools.setState("kernel", rows.join("; "));
}
