// Which input cells an output cell sees, and which output cells an input cell feeds. Rows and columns are independent,
// so there is one such list for each axis: sees[r] = [y, …] and feeds[y] = [r, …], both in rising order.

function linksOf(sees, size) {
  const feeds = Array.from({ length: size }, () => []);
  sees.forEach((cells, r) => { for (const y of cells) if (y < size) feeds[y].push(r); });
  return { sees, feeds };
}

// From the steps of a kernel along one axis.
function kernelLinks(count, size, kernel, stride, dilation) {
  const taps = Array.from({ length: kernel }, (_, i) => i * dilation);
  return linksOf(Array.from({ length: count }, (_, r) => taps.map((tap) => r * stride + tap)), size);
}

// From bits, one row of bytes for each output cell, as NumPy's packbits writes them.
function bitLinks({ data, shape: [count, bytes] }, size) {
  const sees = [];
  for (let r = 0; r < count; r++) {
    const cells = [];
    for (let y = 0; y < size; y++) if ((data[r * bytes + (y >> 3)] >> (7 - (y & 7))) & 1) cells.push(y);
    sees.push(cells);
  }
  return linksOf(sees, size);
}

// [2, 3, 4, 8] -> [[2, 4], [8, 8]]: what is drawn as one rectangle.
function runs(cells) {
  const found = [];
  for (const cell of cells) {
    if (found.length && found.at(-1)[1] === cell - 1) found.at(-1)[1] = cell;
    else found.push([cell, cell]);
  }
  return found;
}

// All rectangles of row runs by column runs, with what they are to look like.
const areas = (rows, columns, look) => rows.flatMap(([top, bottom]) => columns.map(([left, right]) =>
  ({ r: top, c: left, rows: bottom - top + 1, columns: right - left + 1, ...look })));

// A line that says what the marks mean: [["seen", "by 1 to 9 windows"], ["unseen", "…"], …]
function legend(entries) {
  return entries.map(([kind, text]) => element("span", { class: "entry" }, element("i", { class: `swatch ${kind}`, "aria-hidden": "true" }), text));
}

// The layers of a stack as a table whose rows choose what the planes show.
// table: { columns: [..], rows: [{ cells: [..], view: number | null, total? }] }
function layerTable(table, chosen, choose) {
  const pick = (row) => element("button", { type: "button", class: "layer", "aria-pressed": String(row.view === chosen) }, row.cells[0]);
  const line = (row) => element("tr", { class: row.total ? "total-row" : row.view === null ? "plain" : row.view === chosen ? "chosen" : "",
    onclick: row.view === null ? null : () => choose(row.view) },
    row.cells.map((cell, k) => element("td", {}, k === 0 && row.view !== null ? pick(row) : cell)));
  return element("table", { class: "layers" },
    element("thead", {}, element("tr", {}, table.columns.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, table.rows.map(line)));
}
