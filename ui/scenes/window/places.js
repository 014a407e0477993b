// Reading the data by row and column, and how places and counts are said.

const rowsOut = ({ data }) => data.output[0];
const columnsOut = ({ data }) => data.output[1];
const cellAt = (view, index) => [Math.floor(index / columnsOut(view)), index % columnsOut(view)];

// The value of a filter's map: of `maps`, or of `sums` before bias and ReLU.
function mapAt({ data, filter }, name, r, c, k = filter) {
  const { data: numbers, shape } = data[name];
  return numbers[(r * shape[1] + c) * shape[2] + k];
}

function inputAt({ data: { input } }, r, c, channel) {
  return input.data[(r * input.shape[1] + c) * input.shape[2] + channel];
}

function weightAt({ data: { kernels }, filter }, i, j, channel) {
  return kernels.data[((i * kernels.shape[1] + j) * kernels.shape[2] + channel) * kernels.shape[3] + filter];
}

// The input under kernel cell i, j where the window stands now.
function windowAt(view, i, j, channel) {
  const { data: { strides, dilation }, at: [r, c] } = view;
  return inputAt(view, r * strides[0] + i * dilation[0], c * strides[1] + j * dilation[1], channel);
}

const masked = ({ data, filter }, r, c, k = filter) => Boolean(data.masked) && k === 0 && data.masked[0] === r && data.masked[1] === c;

function padded({ data: { grid, pads } }, r, c) {
  return r < pads[0] || c < pads[2] || r >= grid[0] - pads[1] || c >= grid[1] - pads[3];
}

// By how many output cells a cell of the grid is seen.
const seen = ({ links: [rows, columns] }, r, c) => rows.feeds[r].length * columns.feeds[c].length;

// How many cells an output cell sees along axis k, the border left out.
function real({ data: { grid, pads }, links }, k, n) {
  return links[k].sees[n].filter((y) => y >= pads[2 * k] && y < grid[k] - pads[2 * k + 1]).length;
}

// ---- in words ----------------------------------------------------------------------------------------------------

const flat = ({ data }) => Boolean(data.views) && data.grid[0] === 1; // samples in a row instead of a picture
const place = (view, r, c) => (flat(view) ? `sample ${c + 1}` : `row ${r + 1}, column ${c + 1}`);

// "2 × 3 = 6", or "3" where there is one row.
function product(view, pair) {
  const number = (n) => n.toLocaleString("en-US");
  return flat(view) ? number(pair[1]) : `${pair.map(number).join(" × ")} = ${number(pair[0] * pair[1])}`;
}
