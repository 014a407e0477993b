// What all scenes share: these files stand before a scene's own in one module, so their functions are in scope there.

// The data are one block of bytes, see pack() in __init__.py.

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

// Streamlit calls the default export again with every change of data or theme.

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

// Draw again when the width changes, but not for the height, which drawing changes itself.
function onWidth(root, draw) {
  let drawn = root.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - drawn) < 2) return;
    drawn = root.clientWidth;
    draw();
  });
  sizes.observe(root);
  return sizes;
}

// Do what the picture need not wait for.
const afterPaint = (task) => requestAnimationFrame(() => setTimeout(task));
