// The kernel's cells, which can be typed over where the page wants to know.

function drawKernel(view, narrow) {
  const { data, filter, kernelBox } = view;
  const [kh, kw] = data.kernel;
  const size = weightSize(kw, narrow);
  const scale = kernelScale(view);
  const letters = (digits) => Math.min(...weightTexts(view, digits).map((text) => lettersOf(text, size)));
  view.digits = [3, 2].find((digits) => letters(digits) >= 8) ?? 0;
  const cells = [];
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) cells.push(kernelCell(view, i, j, scale(weightAt(view, i, j, 0))));
  const grid = element("div", { class: "grid" }, cells);
  grid.style.gridTemplate = `repeat(${kh}, ${size}px) / repeat(${kw}, ${size}px)`;
  grid.style.fontSize = `${letters(view.digits || 1)}px`;
  const hint = !data.editable ? "" : filter === 0 ? "Click a cell to change it." : "Only the first kernel can be changed.";
  view.hint = element("div", { class: "hint", role: "status" }, hint);
  kernelBox.style.width = `${kernelWidth(kw, narrow)}px`;
  kernelBox.replaceChildren(element("div", { class: "caption" }, data.labels.kernel), grid, view.hint);
}

const weightSize = (kw, narrow) => Math.min(narrow ? 40 : 34, Math.floor((narrow ? 130 : 150) / kw));
const kernelWidth = (kw, narrow) => Math.max(100, kw * (weightSize(kw, narrow) + 1) + 1); // px, with room for the words
// px: as high as they fit; in a wide typeface a digit is 0.64 as wide as it is high, a point half of that
const lettersOf = (text, size) => Math.min(14, size * 0.42, (size - 1) / 0.64 / (text.length - (text.includes(".") ? 0.5 : 0)));

function weightTexts(view, digits) {
  const [kh, kw] = view.data.kernel;
  return Array.from({ length: kh * kw }, (_, k) => format(weightAt(view, Math.floor(k / kw), k % kw, 0), digits));
}

function kernelScale(view) {
  const [kh, kw] = view.data.kernel;
  let limit = 0;
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) limit = Math.max(limit, Math.abs(weightAt(view, i, j, 0)));
  return scales(theme(view.root)).signed(limit);
}

// A number that does not fit its cell is left out: the cell grows and shows it while it is typed in, or to the mouse.
function kernelCell(view, i, j, shade) {
  const weight = format(weightAt(view, i, j, 0), 6);
  const short = view.digits ? format(weightAt(view, i, j, 0), view.digits) : "";
  const cell = element("input", { class: "cell", value: short, inputmode: "text", size: 1, title: weight,
    "aria-label": `Kernel row ${i + 1}, column ${j + 1}`, "aria-description": weight, readonly: !view.data.editable || view.filter > 0,
    onfocus: () => { cell.value = weight; cell.select(); },
    onblur: () => { if (cell.value === weight) cell.value = short; },
    onchange: () => typed(view, cell, i, j) });
  cell.style.cssText = `background:${css(shade)};color:${ink(shade)}`;
  return cell;
}

// What is no number stays in its cell, to be mended; a number makes a new kernel, the other cells exactly as they were.
function typed(view, cell, row, column) {
  const text = cell.value.trim().replace("−", "-").replace(",", ".") || "0";
  const fits = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && Math.abs(Number(text)) <= 1000;
  cell.setAttribute("aria-invalid", String(!fits));
  if (!fits) {
    view.hint.textContent = `“${text.slice(0, 12)}” is not a number from −1000 to 1000.`;
    return;
  }
  const [kh, kw] = view.data.kernel;
  const value = (i, j) => (i === row && j === column ? text : String(Number(weightAt(view, i, j, 0).toPrecision(6))));
  const rows = Array.from({ length: kh }, (_, i) => Array.from({ length: kw }, (__, j) => value(i, j)).join(" "));
  view.tools.setState("kernel", rows.join("; "));
}
