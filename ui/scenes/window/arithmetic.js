// The arithmetic of the selected output cell: window times kernel, the products, their sum, bias and ReLU.

const CHANNELS = ["red", "green", "blue"];

// Lay the tables for one kernel; writeNumbers() fills them in.
function layNumbers(view) {
  const { data, numbers, say } = view;
  view.tables = []; // [{ cells: td, value(i, j) }]
  numbers.replaceChildren(say);
  if (!data.kernels) return;
  const channels = data.kernels.shape[2];
  const compact = data.kernel[1] > 4;
  const row = element("div", { class: "sum" });
  row.classList.toggle("compact", compact || channels > 1);
  for (let channel = 0; channel < channels; channel++) {
    const name = channels > 1 ? ` (${CHANNELS[channel]})` : "";
    if (channels === 1 && !compact) {
      row.append(...layTable(view, "window", "input", (i, j) => windowAt(view, i, j, channel), "×"));
      row.append(...layTable(view, "kernel", "weight", (i, j) => weightAt(view, i, j, channel), "="));
    }
    const one = (i, j) => windowAt(view, i, j, channel) * weightAt(view, i, j, channel);
    row.append(...layTable(view, `products${name}`, "", one, channel < channels - 1 ? "+" : ""));
  }
  view.total = element("div", { class: "total" });
  row.append(view.total);
  numbers.append(row);
}

function layTable({ data: { kernel: [kh, kw] }, tables }, title, role, value, link) {
  const cells = Array.from({ length: kh * kw }, () => element("td"));
  const table = element("table", { class: "matrix" });
  for (let i = 0; i < kh; i++) table.append(element("tr", {}, cells.slice(i * kw, (i + 1) * kw)));
  tables.push({ cells, value });
  return [element("div", { class: `factor ${role}` }, element("span", { class: "caption" }, title), table), element("span", { class: "sign" }, link)];
}

function writeNumbers(view) {
  const { data, at, tables, total } = view;
  saySeen(view);
  if (!data.kernels) return;
  const kw = data.kernel[1];
  for (const { cells, value } of tables) cells.forEach((cell, k) => { cell.textContent = format(value(Math.floor(k / kw), k % kw), 3); });
  const [sum, out] = ["sums", "maps"].map((name) => (masked(view, ...at) ? "?" : format(mapAt(view, name, ...at), 5)));
  total.replaceChildren(element("div", {}, `sum of products = ${sum}`), element("div", {}, `+ bias ${factor(data.bias, 4)}`),
    element("div", {}, data.relu ? "ReLU → " : "= ", element("span", { class: "result", "data-result": "" }, out)));
}

// Which part of the input the selected output cell sees.
function saySeen(view) {
  const { data: { labels, pads, views }, links, at, say } = view;
  const span = (cells, name) => (cells.length ? `${name} ${cells[0] + 1}${cells.length > 1 ? `–${cells.at(-1) + 1}` : ""}` : `no ${name}`);
  const [rows, columns] = [0, 1].map((k) => links[k].sees[at[k]]);
  const area = flat(view) ? span(columns, "samples") : `${span(rows, "rows")}, ${span(columns, "columns")}`;
  const grid = labels.grid ?? `${pads.some(Boolean) ? "padded " : ""}input`;
  const counted = views ? `: ${product(view, at.map((n, k) => real(view, k, n)))} ${labels.counted}`.replace(/\b1 (\w+)s$/, "1 $1") : "";
  say.textContent = `${labels.cell} ${place(view, ...at)} ${labels.sees ?? "sees"} ${area} of the ${grid}${counted}`;
}

// Which output cells a cell of the input feeds.
function sayFed(view, [y, x], rows, columns) {
  const { data: { labels, pads, views }, say } = view;
  const fed = rows.length * columns.length;
  const where = padded(view, y, x) ? labels.border ?? "a padding cell" : `${labels.pixel ?? "pixel"} ${place(view, y - pads[0], x - pads[2])}`;
  const count = views ? product(view, [rows.length, columns.length]) : fed;
  say.textContent = `${where} ${labels.feeds ?? "feeds"} ${count} ${fed === 1 ? labels.one ?? "output cell" : labels.many ?? "output cells"}`;
}
