// Beside the map: search, and the chosen point's neighbours with their cosines, as a list that can be read and pressed.

function neighbourPanel({ pick, find }) {
  let data = null;
  const input = element("input", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: 60 });
  const found = element("output", { class: "found" });
  const form = element("form", { role: "search", onsubmit: (event) => {
    event.preventDefault();
    const text = input.value.trim();
    found.textContent = !text || find(text) ? "" : `“${text}” is not among the ${data.labels.length} ${data.noun} shown.`;
  } }, input, element("button", { type: "submit", class: "chip" }, "Find"));
  const title = element("h4");
  const about = element("p", { class: "about" });
  const list = element("ol");
  const lies = element("div", { class: "lies" });
  const node = element("aside", { class: "panel", "aria-label": "Neighbours" }, form, found, title, about, list, lies);
  const word = (i) => element("button", { type: "button", class: "word", onclick: () => pick(i) }, data.labels[i]);

  function row({ index, cosine, near }) {
    const bar = element("i", { class: "bar", style: `width:${Math.round(100 * Math.max(0, Math.min(1, cosine)))}%` });
    const where = near ? "" : element("span", { class: "far", title: "far away on the map" }, "far");
    return element("li", { class: near ? "" : "distant" }, element("span", { class: "back" }, bar), word(index), where,
      element("span", { class: "value" }, format(Number(cosine.toFixed(3)), 3)));
  }

  return {
    node,
    prepare(next) {
      data = next;
      input.setAttribute("placeholder", `Find one of ${data.labels.length}`);
      input.setAttribute("aria-label", `Find one of ${data.labels.length} ${data.noun}`);
    },
    show(next, i, { truth, false_ }, known) {
      data = next;
      title.textContent = i < 0 ? `Point at a ${data.singular}` : data.labels[i];
      if (i < 0) about.textContent = `Its nearest in all ${data.width} dimensions, with cosines, stand here.`;
      else if (!data.neighbours) about.textContent = data.waiting;
      else if (!known) about.textContent = `Neighbours are worked out for: ${data.neighbourFrames.map((f) => data.frames[f]).join(", ")}.`;
      else about.textContent = `${truth.filter((t) => t.near).length} of its ${truth.length} nearest in ${data.width} dimensions are nearest on the map too.`;
      list.replaceChildren(...truth.map(row));
      lies.replaceChildren(...(false_.length ? ["Only looks near: ", ...false_.flatMap((j, k) => (k ? [", ", word(j)] : [word(j)]))] : []));
    },
  };
}
