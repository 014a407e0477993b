// Numbers as text, colours, and a canvas to draw on.

const clamp = (number, low, high) => Math.max(low, Math.min(high, number));

// 12.5 -> "12.5", -0.4621 -> "−0.4621", 1e-7 -> "1e−7": at most `digits` significant digits, a true minus sign.
function format(value, digits = 4) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) text = value.toExponential(Math.max(0, digits - 3)).replace("e+", "e");
  else text = String(Number(value.toPrecision(size >= 10 ** digits ? 6 : digits)));
  return text.replace(/-/g, "−");
}

// A factor inside a product: negative numbers stand in brackets.
const factor = (value, digits) => (value < 0 ? `(${format(value, digits)})` : format(value, digits));

// ---- colour ----------------------------------------------------------------------------------------------------

// "#rrggbb", "rgb(…)" or any CSS colour -> [r, g, b].
function rgb(colour) {
  const match = /^#(..)(..)(..)$/.exec(colour.trim());
  if (match) return match.slice(1).map((pair) => parseInt(pair, 16));
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

const mix = (from, to, share) => from.map((channel, k) => Math.round(channel + (to[k] - channel) * share));
const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

// The page's own colours, read anew at each update because the theme can change.
function theme(root) {
  const style = getComputedStyle(root);
  const read = (name, fallback) => rgb(style.getPropertyValue(name) || fallback);
  const background = read("--st-background-color", "#ffffff");
  return { background, text: read("--st-text-color", "#222222"), dark: background[0] + background[1] + background[2] < 384 };
}

// The role colours as CSS variables, --role-input and so on, shifted towards the text colour so that words in them
// can be read in both themes.
function inkRoles(root) {
  const { text, dark } = theme(root);
  const asked = `${css(text)} ${dark}`;
  if (root.dataset.ink === asked) return; // writing them again would make the browser style the whole scene again
  root.dataset.ink = asked;
  root.style.colorScheme = dark ? "dark" : "light"; // sliders and scroll bars follow the app's theme, not the system's
  for (const [role, colour] of Object.entries(COLOURS)) root.style.setProperty(`--role-${role}`, css(mix(rgb(colour), text, 0.3)));
}

// Scales: number -> [r, g, b]. Zero is the page's background, so what stands out is what is large.
function scales(colours) {
  const [negative, positive, high] = [COLOURS.negative, COLOURS.positive, COLOURS.sequential].map(rgb);
  return {
    signed: (limit) => (v) => mix(colours.background, v < 0 ? negative : positive, Math.min(1, Math.abs(v) / (limit || 1))),
    magnitude: (limit) => (v) => mix(colours.background, high, Math.min(1, Math.max(0, v) / (limit || 1))),
    grey: (low, high_) => (v) => Array(3).fill(Math.round(255 * Math.min(1, Math.max(0, (v - low) / (high_ - low || 1))))),
  };
}

// Black or white, whichever can be read on the colour.
const ink = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#111" : "#fff");

// Size a canvas for sharp lines on any screen and return its context, in CSS pixels.
function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

function stroke(context, points) {
  context.beginPath();
  points.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}
