// What all scenes share. This file stands before each scene.js in one module, so its functions are in scope there.

// ---- data: one block of bytes, see pack() in __init__.py -------------------------------------------------------

const VIEWS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

// Uint8Array -> header fields, and each array as { data: typed array, shape: [..] }.
function unpack(bytes) {
  const buffer = bytes.slice().buffer; // a copy of its own: the message's offset need not lie on an 8-byte border
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    const size = shape.reduce((a, b) => a * b, 1);
    arrays[name] = { data: new VIEWS[dtype](buffer, 4 + length + offset, size), shape };
  }
  return { ...header, ...arrays };
}

// ---- life: Streamlit calls the default export again with every change of data or theme -------------------------

// create(root, tools) builds the DOM once and returns { update(data), destroy? }. tools.setState(name, value) tells
// Python; nothing else does, so hover, step and play never reach the server.
function scene(name, create) {
  return function ({ data, parentElement, setStateValue, setTriggerValue }) {
    let root = parentElement.querySelector("[data-scene]");
    if (!root) {
      root = element("div", { "data-scene": name, "data-drawn": "0" });
      parentElement.append(root);
      root.scene = create(root, {
        setState: (key, value) => root.send.setStateValue(key, value),
        trigger: (key, value) => root.send.setTriggerValue(key, value),
        drawn: () => (root.dataset.drawn = String(+root.dataset.drawn + 1)), // tests and benches wait for this
      });
    }
    root.send = { setStateValue, setTriggerValue };
    inkRoles(root);
    root.scene.update(unpack(data));
    root.dataset.drawn = String(+root.dataset.drawn + 1);
    return () => root.scene.destroy?.();
  };
}

// element("div", { class: "x", onclick: f, "aria-label": "…" }, child, "text", …). Text is never parsed as HTML.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// ---- numbers ---------------------------------------------------------------------------------------------------

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

// ---- playing ---------------------------------------------------------------------------------------------------

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// A transport bar: back, play, forward, a scrub slider and a line that says where we are.
// options: { label, count(), describe(index), select(index), rate: steps a second }
// Returns { bar, set(index), toggle(), stop(), refresh(), index, playing }; the scene owns the index through select().
function transport(options) {
  let index = 0;
  let timer = null;
  const say = element("output", { class: "where" });
  const slider = element("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": options.label,
    oninput: () => { stop(); go(+slider.value); } });
  const button = (name, label, act) => element("button", { type: "button", "aria-label": label, title: label, onclick: act }, name);
  const play = button("▶", "Play", () => toggle());
  const bar = element("div", { class: "transport" },
    button("◀", "Step back", () => { stop(); go(index - 1); }), play,
    button("▶|", "Step forward", () => { stop(); go(index + 1); }), slider, say);

  function set(to) {
    index = Math.max(0, Math.min(options.count() - 1, to));
    slider.value = index;
    say.textContent = options.describe(index);
    slider.setAttribute("aria-valuetext", say.textContent);
  }
  function go(to) {
    set(to);
    options.select(index);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
    play.title = "Play";
  }
  function toggle() {
    if (timer) return stop();
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    play.title = "Pause";
    if (index >= options.count() - 1) go(0);
    timer = setInterval(() => (index >= options.count() - 1 ? stop() : go(index + 1)), 1000 / (calm() ? 1 : options.rate));
  }
  function refresh() {
    slider.max = Math.max(0, options.count() - 1);
    set(index);
  }
  return { bar, set, go, toggle, stop, refresh, get index() { return index; }, get playing() { return timer !== null; } };
}

// Arrow keys, Home, End and space for a focusable scene part. move(dx, dy), edge(-1 | 1), space().
function keyboard(node, { move, edge, space }) {
  node.addEventListener("keydown", (event) => {
    if (["INPUT", "BUTTON", "SELECT"].includes(event.composedPath()[0].tagName)) return; // they have keys of their own
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) move(...step);
    else if (event.key === "Home") edge?.(-1);
    else if (event.key === "End") edge?.(1);
    else if (event.key === " ") space?.();
    else return;
    event.preventDefault();
  });
}
