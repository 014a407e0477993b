// Numbers that are given as powers of ten (scale "exponent"), so that sizes no 32-bit float holds can be drawn and read.

const APART = 24; // px between two labels of an axis, at least
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// -3.52 -> "3.02e−4"; the number 10 ** power with three significant digits.
function tenTo(power) {
  if (power === null) return "?";
  if (power === undefined || Number.isNaN(power)) return "–";
  if (!Number.isFinite(power)) return power < 0 ? "0" : "∞";
  if (power > -3 && power < 4) return format(10 ** power, 3);
  const whole = Math.floor(power);
  const lead = (10 ** (power - whole)).toFixed(1);
  return (lead === "10.0" ? `1.0e${whole + 1}` : `${lead}e${whole}`).replace("-", "−");
}

// The axis of a row of exponents: whole powers of ten at both ends.
function powersAxis(numbers, row, y, height) {
  const high = row.limit ?? Math.ceil(Math.max(...numbers, -300));
  const low = Math.min(row.floor ?? Math.floor(Math.min(...numbers, high)), high - 1);
  return { low, high, to: (power) => rise((power - low) / (high - low), y, height) };
}

function drawPowers(context, geo, { height }, line, colours) {
  const every = [1, 2, 5, 10, 20, 50].find((n) => (n / (line.high - line.low)) * height >= APART) ?? 100;
  context.fillStyle = css(mix(colours.background, colours.text, 0.75));
  context.textAlign = "right";
  for (let power = Math.ceil(line.low / every) * every; power <= line.high; power += every) {
    const y = Math.round(line.to(power)) + 0.5;
    context.strokeStyle = power === 0 ? "rgba(128,128,128,0.6)" : "rgba(128,128,128,0.22)";
    stroke(context, [[geo.x0, y], [geo.end, y]]);
    context.fillText(power === 0 ? "1" : `10${String(power).replace(/./g, (sign) => RAISED[sign])}`, geo.x0 - 4, y);
  }
  context.textAlign = "center";
}

// Beyond the ends of an axis of powers a line stops: it would look flat along the edge.
const within = (row, { low, high }, power) => row.scale !== "exponent" || (power >= low && power <= high);
