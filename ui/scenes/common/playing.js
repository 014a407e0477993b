// Stepping, playing and the keys.

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// A transport bar: back, play, forward, a scrub slider and a line that says where we are.
// options: { label, count(), describe(index), select(index), rate: steps a second, line: class of the line }
// Returns { bar, say: the line, set(index), go(index), toggle(), stop(), refresh(), index, playing }; the scene owns the
// index through select().
function transport(options) {
  let index = 0;
  let timer = null;
  const say = element("output", { class: options.line ?? "where" });
  const slider = element("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": options.label,
    oninput: () => { stop(); go(+slider.value); } });
  const button = (name, label, act) => element("button", { type: "button", "aria-label": label, title: label, onclick: act }, name);
  const play = button("▶", "Play", () => toggle());
  const bar = element("div", { class: "transport" },
    button("◀", "Step back", () => { stop(); go(index - 1); }), play,
    button("▶|", "Step forward", () => { stop(); go(index + 1); }), slider, say);

  function set(to) {
    index = clamp(to, 0, options.count() - 1);
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
  return { bar, say, set, go, toggle, stop, refresh, get index() { return index; }, get playing() { return timer !== null; } };
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
