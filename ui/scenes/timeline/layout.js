// Where things stand: columns of steps, rows of numbers, and the labels over them.

const GAP = 6; // px between two rows

function geometry(data, width) {
  const narrow = width < 560;
  const T = data.columns; // as many as the moment with the most steps needs
  const [left, right] = narrow ? [64, 64] : [112, 78];
  const space = width - left - right;
  const first = data.rows.some((row) => data[`@${row.name}.start`]) ? 1 : 0; // a column before the first step
  const lead = T <= SLOTS && space / (T + first) >= WIDE ? first : 0;
  const column = Math.min(180, space / (T + lead));
  const strip = data.arcs ? ARCS : data.layers.length ? data.layers.length * (BOX + ROOM) - ROOM + 12 : 0;
  const geo = { narrow, T, width, left, right, space, lead, column, strip, x0: left + lead * column };
  geo.aligned = strip > 0 && (Boolean(data.arcs) || (T <= SLOTS && column >= WIDE));
  geo.end = geo.x0 + T * column;
  Object.assign(geo, header(data, column));
  geo.rows = rowPlaces(data, geo.head);
  geo.grid = Math.max(...geo.rows.map(({ y, height }) => y + height)) + 2;
  return geo;
}

// The labels over the steps: flat where they fit, thinned out where they are numbers, slanted where they are words.
function header(data, column) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = "12.5px sans-serif";
  const widest = Math.max(...data.steps.map((text) => context.measureText(text).width));
  const numbers = data.steps.every((text) => /^[\d.]+$/.test(text));
  const single = data.steps.every((text) => [...text].length <= 1); // letters need no room between them
  if (widest <= column - 3 || numbers || single) {
    const every = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500].find((n) => n * column >= widest + (single ? 1 : numbers ? 8 : 3)) ?? 1000;
    return { slanted: false, head: 22, every };
  }
  return { slanted: true, head: Math.min(82, 0.82 * widest + 18), every: Math.ceil(13 / column) };
}

// Heights of the rows: one cell is high enough for its number, many units share what is left of data.height.
function rowPlaces(data, head) {
  const counts = data.rows.map((row) => (row.kind === "cells" ? sizeOf(data, row) : 0));
  const fixed = data.rows.reduce((sum, row, k) => sum + GAP + (counts[k] === 1 ? 30 : counts[k] === 0 ? row.height : 0), 0);
  const many = counts.reduce((sum, n) => sum + (n > 1 ? n : 0), 0);
  const cell = many ? clamp(Math.floor((data.height - fixed) / many), 2, 22) : 22;
  let y = head;
  let before = null;
  return data.rows.map((row, k) => {
    const height = counts[k] === 1 ? 30 : counts[k] === 0 ? row.height : Math.max(30, counts[k] * (row.cell ?? cell));
    const spot = { row, y: row.beside ? before.y : y, height, count: counts[k], cell: counts[k] ? height / counts[k] : height };
    y = Math.max(y, spot.y + height + GAP);
    before = spot;
    return spot;
  });
}

const columnX = (geo, t) => geo.x0 + t * geo.column;
