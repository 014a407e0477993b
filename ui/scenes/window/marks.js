// What lies over the planes: the window of the selected output cell, or all output cells that a pixel feeds.

// The cell that a question is about, until it is answered.
const asked = ({ data: { masked }, filter }) => (masked && filter === 0 ? [{ r: masked[0], c: masked[1], text: "?" }] : []);

function showWindow(view) {
  const { data, links, at, input, output } = view;
  const [rows, columns] = [0, 1].map((k) => links[k].sees[at[k]]);
  const [down, across] = [runs(rows), runs(columns)];
  const marks = [];
  if (rows.length && columns.length) marks.push({ r: rows[0], c: columns[0], rows: rows.at(-1) - rows[0] + 1, columns: columns.at(-1) - columns[0] + 1, stroke: COLOURS.weight });
  if (down.length > 1 || across.length > 1) marks.push(...areas(down, across, { fill: "rgba(230,159,0,0.45)" }));
  else if (data.views) marks.push(...areas(down, across, { fill: "rgba(230,159,0,0.18)" }));
  input.mark(marks);
  output.mark([{ r: at[0], c: at[1], stroke: COLOURS.weight }, ...asked(view)]);
}

function showFed(view, [y, x]) {
  const [rows, columns] = [view.links[0].feeds[y], view.links[1].feeds[x]];
  const single = rows.length * columns.length <= 100 && view.output.wide >= MARK; // few cells are framed one by one
  const spread = (cells) => (single ? cells.map((cell) => [cell, cell]) : runs(cells));
  view.input.mark([{ r: y, c: x, stroke: COLOURS.input, fill: "rgba(0,114,178,0.35)" }]);
  view.output.mark([...areas(spread(rows), spread(columns), { fill: `rgba(0,114,178,${single ? 0.2 : 0.45})`, stroke: COLOURS.input }), ...asked(view)]);
  sayFed(view, [y, x], rows, columns);
}
