// The writing scene: a text that a network wrote, coloured character by character; for the selected character the
// candidates it was drawn from, the draw and its arithmetic; and a slider over the moments of the training. What Python
// sends is described in __init__.py. All arrays have the moments along their first axis.

const [COLUMN, CELL, HEAD] = [30, 24, 26]; // px: of the columns of candidates
const KINDS = ["", "copied", "new", "held"];
const shows = (letter) => ({ "\n": "⏎", " ": "␣" })[letter] ?? letter;
const three = (number) => (number !== 0 && number < 0.0005 ? "< .001" : number.toFixed(3));
const fixed = (number, decimals) => number.toFixed(decimals).replace("-", "−");

function createWriting(root, tools) {
  const view = { data: null, width: 0, f: 0, t: 0, unit: 0, byUnit: true, colours: null };
  const frame = element("div", { class: "frame" });
  const page = element("div", { class: "page", tabindex: 0, role: "group" });
  const play = transport({ label: "Character", rate: 5, count: () => T(), describe: (t) => `character ${t + 1} of ${T()}`, select });
  const controls = colouring();
  const [columns, columnsTitle] = [element("canvas", { "aria-hidden": "true" }), element("div", { class: "title" }, "The likeliest at every place, the best on top")];
  const strip = element("div", { class: "columns" }, columns);
  const choice = choosing();
  const lines = element("div", { class: "numbers lines" }, ...[0, 1, 2].map(() => element("div", {})));
  const training = createTraining(root, (f) => { view.f = f; layText(); select(view.t); });
  const split = (...parts) => element("div", { class: "split" }, ...parts.map((part) => element("div", {}, ...part)));
  root.append(controls.node, page, play.bar, split([columnsTitle, strip], choice.nodes), split([lines], [training.node]));

  const T = () => view.data.codes.shape[1];
  const at = (name, ...more) => {
    const { data, shape } = view.data[name];
    let offset = view.f * shape[1] + view.t;
    more.forEach((k, n) => (offset = offset * shape[n + 2] + k));
    return data[offset];
  };
  const letterAt = (t) => view.data.letters[view.data.codes.data[view.f * T() + t]];
  const kept = (t) => { // the state of the selected unit after reading character t
    const { data, shape } = view.data.hidden;
    const offset = 2 * ((view.f * shape[1] + t) * shape[2] + view.unit);
    return ((data[offset] + 256 * data[offset + 1]) / 65535) * 2 - 1;
  };

  // ---- the colour of the text ------------------------------------------------------------------------------------

  function colouring() {
    const set = (byUnit) => () => { view.byUnit = byUnit; paintText(); select(view.t); };
    const [likely, unit] = [["Likelihood", false], ["A unit", true]].map(([text, byUnit]) =>
      element("button", { type: "button", class: "chip", onclick: set(byUnit) }, text));
    const slider = element("input", { type: "range", min: 1, step: 1, "aria-label": "Unit that colours the text", oninput: () => pickUnit(+slider.value - 1) });
    const [said, low, high, ramp] = [element("output"), element("span"), element("span"), element("span", { class: "ramp" })];
    const keys = element("span", { class: "keys" });
    const node = element("div", { class: "controls" }, "Colour:", likely, unit, element("label", {}, slider, said),
      element("label", {}, low, ramp, high), keys);
    function refresh() {
      const { colours, data } = view;
      [likely, unit].forEach((button, k) => button.setAttribute("aria-pressed", String(view.byUnit === Boolean(k))));
      slider.max = data.units;
      slider.value = view.unit + 1;
      slider.disabled = !view.byUnit;
      said.textContent = `unit ${view.unit + 1}`;
      [low.textContent, high.textContent] = view.byUnit ? ["−1", "1"] : ["0", "1"];
      const paint = painter();
      ramp.style.background = `linear-gradient(90deg, ${(view.byUnit ? [-1, 0, 1] : [0, 0.5, 1]).map((v) => css(paint(v))).join(", ")})`;
      keys.replaceChildren(...[["new", "new"], ["copied", "in its text"], ["held", "held out"]].map(([name, text]) => element("span", { class: name }, text)));
      keys.title = "The names or words that it wrote: new, copied from the training text, or in the part of the text that was held out";
      return colours;
    }
    return { node, refresh };
  }

  const painter = () => (view.byUnit ? scales(view.colours).signed(1) : scales(view.colours).magnitude(1));

  function pickUnit(unit) {
    view.unit = limit(unit, 0, view.data.units - 1);
    view.byUnit = true;
    paintText();
    select(view.t);
  }

  // ---- the text --------------------------------------------------------------------------------------------------

  function layText() {
    const { data } = view;
    const spans = [];
    view.letters = [];
    for (let t = 0; t < T(); t++) {
      const letter = letterAt(t);
      const kind = KINDS[data.belongs.data[view.f * T() + t]];
      const span = element("span", { "data-t": t, class: `${kind}${t < data.start ? " typed" : ""}${letter === "\n" ? " end" : ""}` }, letter === "\n" ? "⏎" : letter);
      view.letters.push(span);
      spans.push(span);
      if (letter === "\n") spans.push(element("wbr"), " ");
    }
    if (data.stops) spans.push(element("span", { class: "cursor", title: "the next character" }));
    page.replaceChildren(...spans, frame);
    page.setAttribute("aria-label", `${T()} characters. Left and right choose one, up and down a unit, space plays.`);
    paintText();
  }

  function paintText() {
    const paint = painter();
    view.letters.forEach((span, t) => {
      const colour = paint(view.byUnit ? kept(t) : view.data.written.data[view.f * T() + t]);
      span.style.backgroundColor = css(colour);
      span.style.color = ink(colour);
    });
    controls.refresh();
  }

  // As many lines as the longest moment needs, so that nothing below jumps while moments are scrubbed.
  function reserve() {
    view.width ||= root.clientWidth; // asked for again only when it changes: it makes the browser lay out the page
    const narrow = view.width < 560;
    const across = Math.max(10, Math.floor(((view.width || 640) - 24) / (narrow ? 9.7 : 10.3)));
    const most = narrow ? 6 : 4;
    page.style.height = `${Math.min(most, Math.ceil((T() * 1.1) / across) + 1) * (narrow ? 25 : 27) + 14}px`;
  }

  // ---- the candidates along the text -----------------------------------------------------------------------------

  function window_() {
    const count = Math.min(T(), Math.max(3, Math.floor((strip.clientWidth || 300) / COLUMN)));
    const from = limit(view.t - (count >> 1), 0, T() - count);
    return { count, from, width: (strip.clientWidth || 300) / Math.max(count, 8) };
  }

  function drawColumns() {
    const { data, colours, f, t: selected } = view;
    const context = prepare(columns, strip.clientWidth || 300, 186);
    const { count, from, width } = window_();
    const paint = scales(colours).magnitude(1);
    const K = data.top.shape[2];
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let n = 0; n < count; n++) {
      const t = from + n;
      const place = f * T() + t;
      context.font = "600 15px monospace";
      context.fillStyle = css(colours.text);
      context.fillText(shows(letterAt(t)), (n + 0.5) * width, HEAD / 2);
      context.font = "14px monospace";
      for (let k = 0; k < K; k++) {
        const [code, p] = [data.top.data[place * K + k], data.p.data[place * K + k]];
        const shade = paint(p);
        context.fillStyle = css(shade);
        context.fillRect(n * width + 1, HEAD + k * CELL, width - 2, CELL - 2);
        context.fillStyle = ink(shade);
        context.globalAlpha = p < 0.01 ? 0.45 : 1;
        context.fillText(shows(data.letters[code]), (n + 0.5) * width, HEAD + k * CELL + CELL / 2 - 1);
        context.globalAlpha = 1;
        if (code !== data.codes.data[place]) continue;
        context.strokeStyle = css(colours.text);
        context.lineWidth = 2;
        context.strokeRect(n * width + 2, HEAD + k * CELL + 1, width - 4, CELL - 4);
      }
      if (t !== selected) continue;
      context.strokeStyle = getComputedStyle(root).getPropertyValue("--st-primary-color") || "#0072B2";
      context.lineWidth = 2;
      context.strokeRect(n * width, 1, width, HEAD + K * CELL);
    }
  }

  strip.addEventListener("pointerdown", (event) => {
    const { from, width, count } = window_();
    play.stop();
    select(from + limit(Math.floor((event.clientX - strip.getBoundingClientRect().left) / width), 0, count - 1));
  });

  // ---- the choice of one character -------------------------------------------------------------------------------

  function choosing() {
    const [title, key] = [element("div", { class: "title" }), element("span", { class: "aside" })];
    const [bars, dice, needle] = [element("div", { class: "bars" }), element("div", { class: "dice" }), element("div", { class: "needle" })];
    let rows = [];
    function build() {
      const K = view.data.top.shape[2];
      rows = Array.from({ length: K + 1 }, () => ({ letter: element("div", { class: "letter" }), bar: element("div", { class: "bar" }),
        before: element("div", { class: "before" }), p: element("div", { class: "p" }), part: element("div", { class: "part" }) }));
      bars.replaceChildren(...rows.flatMap(({ letter, bar, before, p }) => [letter, element("div", { class: "track" }, bar, before), p]));
      dice.replaceChildren(...rows.map(({ part }) => part), needle);
    }
    function refresh() {
      const { data, colours, t } = view;
      const K = data.top.shape[2];
      if (rows.length !== K + 1) build();
      const paint = scales(colours).magnitude(1);
      const written = data.codes.data[view.f * T() + t];
      const past = Array.from({ length: Math.min(t, 6) }, (_, k) => letterAt(t - Math.min(t, 6) + k)).join("").replace(/\n/g, "⏎");
      key.textContent = data.temperature === 1 ? "" : " dashed: at τ = 1";
      title.replaceChildren(t ? `Next after “${past}”` : "At the beginning", key);
      let among = false;
      rows.forEach((row, k) => {
        const rest = k === K;
        const code = rest ? -1 : at("top", k);
        const [p, before] = rest ? [at("rest"), at("plain_rest")] : [at("p", k), at("plain", k)];
        among ||= code === written;
        row.letter.textContent = rest ? "…" : shows(data.letters[code]);
        row.letter.className = `letter${code === written || (rest && !among) ? " drawn" : ""}`;
        row.bar.style.width = `${100 * p}%`;
        row.before.style.width = `${100 * before}%`;
        row.before.hidden = data.temperature === 1;
        row.p.textContent = three(p);
        row.part.style.width = `${100 * p}%`;
        row.part.style.background = css(paint(rest ? 0.03 : p));
        row.part.style.color = ink(paint(rest ? 0.03 : p));
        row.part.classList.toggle("drawn", row.letter.classList.contains("drawn"));
        row.part.textContent = p < 0.06 ? "" : rest ? "others" : shows(data.letters[code]);
      });
      const drawn = data.draws.data[t];
      needle.hidden = !(drawn >= 0);
      needle.style.left = `${100 * drawn}%`;
    }
    return { nodes: [title, bars, dice], refresh };
  }

  function writeNumbers() {
    const { data, t } = view;
    const letter = shows(letterAt(t));
    const [z, tau, sum, p] = [at("written_z"), data.temperature, at("log_sum"), at("written")];
    const digits = tau < 0.3 ? 5 : 4; // as many as give the probability on the right again
    const b = (text, role) => { const node = element("b", {}, text); node.style.color = `var(--role-${role})`; return node; };
    lines.children[0].replaceChildren("p(", b(letter, "result"), `) = exp(z/τ − ln Σ)`, element("br"), `= exp(${fixed(z, digits)}/${format(tau)} − ${sum < 0 ? `(${fixed(sum, digits)})` : fixed(sum, digits)}) = `, b(fixed(p, 4), "result"));
    const drawn = data.draws.data[t];
    const [from, to] = [at("below"), at("above")];
    lines.children[1].textContent = drawn >= 0 ? `Random number ${fixed(drawn, 4)}: in the part of ${letter}, ${fixed(from, 4)} to ${fixed(to, 4)}.` : "Typed, not drawn: the network only reads it.";
    const note = view.f === data.now && data.notes.find(({ unit }) => unit === view.unit); // found at that moment
    lines.children[2].replaceChildren(`Unit ${view.unit + 1} after ${letter}: h = `, b(fixed(kept(t), 4), "h"), note ? ` · ${note.text}` : "");
  }

  // ---- one character is selected ---------------------------------------------------------------------------------

  function select(t) {
    view.t = limit(t, 0, T() - 1);
    play.set(view.t);
    choice.refresh();
    writeNumbers();
    // Measured when all is written, so that the page is laid out once.
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = view.letters[view.t];
    if (top < page.scrollTop || top + 24 > page.scrollTop + page.clientHeight) page.scrollTop = top - 30;
    frame.style.cssText = `transform:translate(${left - 2}px,${top - 1}px);width:${width + 4}px;height:${height + 2}px`;
    drawColumns();
    tools.drawn();
  }

  page.addEventListener("pointermove", (event) => {
    const t = event.target.dataset?.t;
    if (t !== undefined && +t !== view.t && !play.playing) select(+t);
  });
  page.addEventListener("pointerdown", (event) => {
    const t = event.target.dataset?.t;
    if (t === undefined) return;
    play.stop();
    select(+t);
  });
  keyboard(page, {
    move: (dx, dy) => {
      play.stop();
      if (dx) select(view.t + dx);
      if (dy) pickUnit(view.unit + dy);
    },
    edge: (sign) => { play.stop(); select(sign < 0 ? 0 : T() - 1); },
    space: () => play.toggle(),
  });

  // ---- data ------------------------------------------------------------------------------------------------------

  function update(fresh) {
    const [colour, place] = [JSON.stringify(fresh.colour), JSON.stringify(fresh.select)];
    if (colour !== view.colour) Object.assign(view, { byUnit: fresh.colour.byUnit, unit: fresh.colour.unit });
    if (place !== view.place) view.t = fresh.select;
    Object.assign(view, { data: fresh, colour, place, colours: theme(root) });
    view.unit = limit(view.unit, 0, fresh.units - 1);
    view.t = limit(view.t, 0, T() - 1);
    view.f = training.update(fresh);
    reserve();
    layText();
    play.refresh();
    select(view.t);
    training.draw();
  }

  const sizes = new ResizeObserver(() => {
    if (!view.data || Math.abs(root.clientWidth - view.width) < 2) return;
    view.width = root.clientWidth;
    reserve();
    training.draw();
    select(view.t);
  });
  sizes.observe(root);
  return { update, destroy: () => { play.stop(); training.stop(); sizes.disconnect(); } };
}

export default scene("writing", createWriting);
