// The arithmetic of the selected output cell: window times kernel, the products, their sum, bias and ReLU.

const CHANNELS = ["red", "green", "blue"];

// Lay the tables for one kernel; writeNumbers() fills them in.
function layNumbers(view) {
  const { data, numbers, say } = view;
  view.tables = []; // [{ cells: td, value(i, j), decimals }]
  numbers.replaceChildren(say);
  if (!data.kernels) return;
  const channels = data.kernels.shape[2];
  const compact = channels > 1 || data.kernel[1] > 3;
  const whole = channels === 1 && data.kernel[1] <= 5; // larger ones leave room for the products alone
  const [inputs, weights] = [extent(data.input.data), extent(data.kernels.data)];
  const products = { most: inputs.most * weights.most, negative: inputs.negative || weights.negative, integers: inputs.integers && weights.integers };
  const digits = compact ? 3 : 4;
  const [input, weight, product] = [columnOf(inputs, digits), columnOf(weights, digits), columnOf(products, digits, 1)];
  const row = element("div", { class: "sum" });
  row.classList.toggle("compact", compact);
  for (let channel = 0; channel < channels; channel++) {
    const name = channels > 1 ? ` (${CHANNELS[channel]})` : whole ? "" : ", window × kernel";
    if (whole) {
      row.append(...layTable(view, "window", "input", (i, j) => windowAt(view, i, j, channel), input, "×"));
      row.append(...layTable(view, "kernel", "weight", (i, j) => weightAt(view, i, j, channel), weight, "="));
    }
    const one = (i, j) => windowAt(view, i, j, channel) * weightAt(view, i, j, channel);
    row.append(...layTable(view, `products${name}`, "", one, product, channel < channels - 1 ? "+" : ""));
  }
  view.total = element("div", { class: "total" });
  row.append(view.total);
  numbers.append(row);
}

function extent(values) {
  const found = { most: 0, negative: false, integers: true };
  for (const value of values) {
    found.most = Math.max(found.most, Math.abs(value));
    found.negative ||= value < 0;
    found.integers &&= Number.isInteger(value);
  }
  return found;
}

// All numbers of a table have as many decimals as give its largest `digits` digits, and columns as wide as that needs:
// nothing moves from one window to the next.
function columnOf({ most, negative, integers }, digits, least = 0) {
  const decimals = integers ? 0 : clamp(digits - 1 - Math.floor(Math.log10(most || 1)), least, 9);
  return { decimals, width: most.toFixed(decimals).length + (negative ? 1.4 : 0) };
}

// "0" without decimals is exactly zero, "0.0" is not quite.
const fixed = (value, decimals) => (value === 0 ? "0" : value.toFixed(decimals).replace(/^-(?=0\.?0*$)/, "").replace("-", "−"));

function layTable({ data: { kernel: [kh, kw] }, tables }, title, role, value, { decimals, width }, link) {
  const cells = Array.from({ length: kh * kw }, () => element("td"));
  const table = element("table", { class: "matrix" });
  table.style.setProperty("--column", `${width}ch`);
  for (let i = 0; i < kh; i++) table.append(element("tr", {}, cells.slice(i * kw, (i + 1) * kw)));
  tables.push({ cells, value, decimals });
  return [element("div", { class: `factor ${role}` }, element("span", { class: "caption" }, title), table), element("span", { class: "sign" }, link)];
}

function writeNumbers(view) {
  const { data, at, tables, total } = view;
  saySeen(view);
  if (!data.kernels) return;
  const kw = data.kernel[1];
  for (const { cells, value, decimals } of tables) cells.forEach((cell, k) => { cell.textContent = fixed(value(Math.floor(k / kw), k % kw), decimals); });
  const [sum, out] = ["sums", "maps"].map((name) => (masked(view, ...at) ? "?" : format(mapAt(view, name, ...at), 5)));
  total.replaceChildren(element("div", {}, `sum of products = ${sum}`), element("div", {}, `+ bias ${factor(data.bias, 4)}`),
    element("div", {}, data.relu ? "ReLU → " : "= ", element("span", { class: "result", "data-result": "" }, out)));
}

// [0, 1, 2, 6] -> "rows 1–3, 7", [4] -> "row 5"; of many parts the first three and the last.
function among(cells, name) {
  if (cells.length < 2) return cells.length ? `${name} ${cells[0] + 1}` : `no ${name}s`;
  const parts = runs(cells).map(([first, last]) => (first === last ? first + 1 : `${first + 1}–${last + 1}`));
  if (parts.length > 5) parts.splice(3, parts.length - 4, "…");
  return `${name}s ${parts.join(", ")}`;
}

// Which part of the input the selected output cell sees.
function saySeen(view) {
  const { data: { labels, pads, views }, links, at, say } = view;
  const [rows, columns] = [0, 1].map((k) => links[k].sees[at[k]]);
  const area = flat(view) ? among(columns, "sample") : `${among(rows, "row")}, ${among(columns, "column")}`;
  const grid = labels.grid ?? `${pads.some(Boolean) ? "padded " : ""}input`;
  const counted = views ? `: ${product(view, at.map((n, k) => real(view, k, n)))} ${labels.counted}`.replace(/\b1 ([a-z ]+)s$/, "1 $1") : "";
  say.textContent = `${labels.cell} ${place(view, ...at)} ${labels.sees ?? "sees"} ${area} of the ${grid}${counted}`;
}

// The values of a pixel, which its cell may be too small or too colourful to carry.
function valueOf(view, y, x) {
  const { input } = view.data;
  if (!input) return "";
  const values = Array.from({ length: input.shape[2] }, (_, channel) => format(inputAt(view, y, x, channel), 3));
  return ` (${values.length > 1 ? values.map((value, k) => `${CHANNELS[k]} ${value}`).join(", ") : values[0]})`;
}

// Which output cells a cell of the input feeds.
function sayFed(view, [y, x], rows, columns) {
  const { data: { labels, pads, views }, say } = view;
  const fed = rows.length * columns.length;
  const where = padded(view, y, x) ? labels.border ?? "a padding cell" : `${labels.pixel ?? "pixel"} ${place(view, y - pads[0], x - pads[2])}${valueOf(view, y, x)}`;
  const count = views ? product(view, [rows.length, columns.length]) : fed;
  say.textContent = `${where} ${labels.feeds ?? "feeds"} ${count} ${fed === 1 ? labels.one ?? "output cell" : labels.many ?? "output cells"}`;
}
