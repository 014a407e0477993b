// Beside the map: search, and the chosen point's neighbours with their cosines, as a list that can be read and pressed.

function neighbourPanel({ pick, find, corner }) {
  let data = null;
  const many = () => data.labels.length.toLocaleString("en");
  const input = element("input", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: 60 });
  const found = element("output", { class: "found" });
  const form = element("form", { role: "search", onsubmit: (event) => {
    event.preventDefault();
    const text = input.value.trim();
    found.textContent = !text || find(text) ? "" : `“${text}” is not among the ${many()} ${data.noun} shown.`;
  } }, input, element("button", { type: "submit", class: "chip" }, "Find"));
  const title = element("h4");
  const about = element("p", { class: "about" });
  const list = element("ol");
  const looks = element("div", { class: "lies" });
  const node = element("aside", { class: "panel", "aria-label": "Neighbours" }, form, corner, found, title, about, list, looks);
  const word = (i) => element("button", { type: "button", class: "word", onclick: () => pick(i) }, data.labels[i]);

  function row({ index, cosine, near }) {
    const bar = element("i", { class: "bar", style: `width:${Math.round(100 * clamp(cosine, 0, 1))}%` });
    const where = near ? "" : element("span", { class: "far", title: "others are nearer on the map" }, "not near");
    return element("li", { class: near ? "" : "distant" }, element("span", { class: "back" }, bar), word(index), where,
      element("span", { class: "value" }, format(Number(cosine.toFixed(3)), 3)));
  }

  return {
    node,
    prepare(now) {
      data = now;
      node.style.setProperty("--rows", data.neighbours ? data.neighbours.shape[2] : 0);
      input.setAttribute("placeholder", `${many()} ${data.noun}`);
      input.setAttribute("aria-label", `Find one of ${many()} ${data.noun}`);
    },
    show(i, { truth, lies }, known) {
      title.textContent = i < 0 ? `Point at a ${data.singular}` : data.labels[i];
      if (i < 0) about.textContent = `Its nearest in all ${data.width} dimensions, among the ${many()} ${data.noun} shown, stand here with their cosines.`;
      else if (!data.neighbours) about.textContent = data.waiting;
      else if (!known) about.textContent = `Neighbours are worked out for: ${data.neighbourFrames.map((f) => data.frames[f]).join(", ")}.`;
      else about.textContent = `Of its ${truth.length} nearest in ${data.width} dimensions, ${truth.filter((t) => t.near).length} are nearest on the map too.`;
      list.replaceChildren(...truth.map(row));
      looks.replaceChildren(...(lies.length ? ["Only looks near: ", ...lies.flatMap((j, k) => (k ? [", ", word(j)] : [word(j)]))] : []));
    },
  };
}

// Groups as chips that switch their points on and off, and what the lines mean.
function mapLegend(s, changed) {
  const node = element("div", { class: "legend" });
  const flip = (g) => {
    s.dimmed.has(g) ? s.dimmed.delete(g) : s.dimmed.add(g);
    refresh();
    changed();
  };
  const key = (kind, words) => element("span", { class: "key" }, element("i", { class: kind }), words);
  function refresh() {
    const names = s.data.groupNames.length > 1 ? s.data.groupNames : []; // one colour tells nothing apart
    const chips = names.map((name, g) => element("button", { type: "button", class: "chip group",
      "aria-pressed": s.dimmed.has(g) ? "false" : "true", onclick: () => flip(g) },
    element("i", { style: `background:${groupHue(s, g)}` }), name));
    const keys = s.data.neighbours ? [key("near", "true neighbour"), key("far", "true, not near here"), key("false", "only looks near")] : [];
    node.replaceChildren(...chips, ...keys);
  }
  return { node, refresh };
}
