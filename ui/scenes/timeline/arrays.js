// Reading what Python sent. The arrays carry the sign @, which keeps their names apart from the header's.

// "t-1" with { t: 3 } -> 2; a number stands for itself.
function place(rule, scope) {
  if (typeof rule === "number") return rule;
  if (typeof rule === "object") return read(scope.data, rule.array, rule.at.map((part) => place(part, scope)));
  const [, name, shift] = /^([A-Za-z]+)([+-]\d+)?$/.exec(rule);
  return scope[name] + Number(shift ?? 0);
}

// The number at these places: undefined outside of the array, null where it is masked.
function read(data, name, at) {
  const { data: numbers, shape } = data[`@${name}`];
  if (at.length !== shape.length) throw new Error(`${name} has ${shape.length} dimensions, not ${at.length}`);
  let offset = 0;
  for (let k = 0; k < shape.length; k++) {
    if (!(at[k] >= 0 && at[k] < shape[k])) return undefined;
    offset = offset * shape[k] + at[k];
  }
  return data[`@${name}.masked`]?.data[offset] ? null : numbers[offset];
}

const sizeOf = (data, row) => data[`@${row.name}`].shape[1];

// A number as text, with a fixed count of decimals where that says enough.
function shown(number, decimals) {
  if (number === null) return "?";
  if (number === undefined || Number.isNaN(number)) return "–";
  const size = Math.abs(number);
  if (decimals === undefined || !Number.isFinite(number) || size >= 1e5 || (size !== 0 && size < 10 ** -decimals)) return format(number);
  return number.toFixed(decimals).replace("-", "−");
}

// What a scale may be made from: the finite numbers that are not hidden, or the scale would tell them.
function unmasked(data, name) {
  const hidden = data[`@${name}.masked`]?.data;
  return data[`@${name}`].data.filter((number, k) => Number.isFinite(number) && !hidden?.[k]);
}

// How a row turns numbers into colours: { low, high, paint(number) -> [r, g, b] }.
function rowScale(data, row, colours) {
  let limit = row.limit;
  if (limit === null) {
    limit = 0;
    for (const number of unmasked(data, row.name)) limit = Math.max(limit, Math.abs(number));
  }
  if (row.scale === "unit") limit = 1;
  const scale = scales(colours)[row.scale === "signed" ? "signed" : "magnitude"](limit);
  const [low, high] = row.scale === "signed" ? [-limit, limit] : [0, limit];
  const empty = mix(colours.background, colours.text, 0.06);
  return { low, high, paint: (number) => (number === null || number === undefined || Number.isNaN(number) ? empty : scale(number)) };
}
