// The margins: at the left of every row its name and scale, at the right what the selected step holds.

function layMargins(view) {
  const { data, geo, labels, readouts } = view;
  const name = element("div", { class: "axis" }, data.stepName);
  name.style.cssText = `top:${geo.strip + geo.head - 20}px;width:${geo.left - 10}px`;
  labels.replaceChildren(...geo.rows.map((spot) => gutterLabel(view, spot)), name);
  const chosen = geo.rows.filter(({ row, count }) => row.axis && count > 1);
  readouts.replaceChildren(...geo.rows.map((spot) => readout(geo, spot)),
    ...chosen.map(({ row }) => element("div", { class: "unit", "data-unit": row.name })));
}

function gutterLabel({ geo, scales }, { row, y, height }) {
  const name = coloured(element("i", {}, row.symbol), row.role);
  name.className = "symbol";
  const cells = row.kind === "cells";
  const folded = !cells && (geo.narrow || !row.roles.length); // an axis leaves little room: the name may take two lines
  const node = element("div", { class: folded ? "gutter folded" : "gutter", title: row.label }, element("div", { class: "name" }, name, geo.narrow ? "" : ` ${row.label}`));
  if (cells && !(geo.narrow && height < 30)) node.append(legendOfScale(scales.get(row.name), geo.narrow));
  if (row.roles.length && !geo.narrow) node.append(legendOfLines(row));
  const beside = row.span ? 20 : cells ? 8 : 34; // px kept free for what stands before the first column
  node.style.cssText = `top:${geo.strip + y + (row.beside ? 62 : 0)}px;width:${geo.left - beside}px;max-height:${height}px`;
  return node;
}

function legendOfScale({ low, high, paint }, narrow) {
  const ramp = element("span", { class: "ramp" });
  ramp.style.background = `linear-gradient(90deg, ${[low, (low + high) / 2, high].map((number) => css(paint(number))).join(", ")})`;
  const ends = narrow && low < 0 ? ["", `±${format(high, 2)}`] : [format(low, 2), format(high, 2)]; // both ends would be cut
  return element("div", { class: "legend" }, ends[0], ramp, ends[1]);
}

// Which line is which.
function legendOfLines(row) {
  return element("div", { class: "entries" }, row.units.map((name, u) => {
    if (!name) return "";
    const swatch = element("span", { class: row.dashed[u] ? "swatch dashed" : "swatch" });
    swatch.style.borderColor = COLOURS[row.roles[u]];
    return element("div", {}, swatch, name);
  }));
}

function readout(geo, { row, y, height }) {
  const node = element("div", { class: "readout", "data-row": row.name }, element("b", {}, ""), element("small", {}, ""));
  node.style.cssText = `top:${geo.strip + y}px;height:${height}px;left:${geo.end + 6}px;width:${geo.right - 6}px`;
  return node;
}

// ---- what changes with the selection -----------------------------------------------------------------------------

function writeReadouts({ data, geo, readouts, step, picks }) {
  geo.rows.forEach(({ row }, k) => {
    const count = sizeOf(data, row);
    if (row.roles.length) return readouts.children[k].replaceChildren(...readLines(data, row, step));
    if (count > 1 && !row.axis) return;
    const u = row.axis ? Math.min(picks[row.axis], count - 1) : 0;
    const number = read(data, row.name, [step, u]);
    const [text, name] = readouts.children[k].children;
    text.textContent = shown(number, Number.isInteger(number) ? 0 : 4);
    name.textContent = count > 1 ? row.units[u] ?? `unit ${u + 1}` : "";
  });
}

function frameUnits({ geo, readouts, picks }) {
  for (const node of readouts.querySelectorAll(".unit")) {
    const { row, y, cell, count } = geo.rows.find((spot) => spot.row.name === node.dataset.unit);
    const u = Math.min(picks[row.axis], count - 1);
    node.style.cssText = `transform:translate(${geo.x0}px,${geo.strip + y + u * cell}px);width:${geo.end - geo.x0}px;height:${cell}px`;
  }
}

// What every line holds at a step, at the right of its row; dashed lines are read in the text below.
function readLines(data, row, step) {
  return row.roles.map((role, u) => {
    if (row.dashed[u]) return null;
    const number = read(data, row.name, [step, u]);
    return coloured(row.scale === "exponent" ? tenTo(number) : shown(number, decimalsOf(number)), role, "b");
  }).filter(Boolean);
}

// Five digits and a sign are what the margin holds.
function decimalsOf(number) {
  return 4 - Math.min(4, Math.floor(Math.log10(Math.max(1, Math.abs(number ?? 0) || 0))));
}
