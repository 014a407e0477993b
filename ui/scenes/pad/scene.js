// The pad is an array of size × size bytes; the canvas only shows it, so what is seen is what Python gets.

const UNDO_DEPTH = 60;
const SETTLE = 350; // ms without a key before a drawing made by keyboard is sent

export default scene("pad", (root, tools) => {
  let size = 0;
  let pixels = new Uint8Array(0); // row by row, 255 = ink
  let past = []; // copies of pixels, for undo
  let pen = { x: 0, y: 0, down: false, last: null, pointer: null }; // in pixels of the array
  let timer = null;

  const canvas = element("canvas", { tabindex: 0, role: "application", "aria-keyshortcuts": "Space Delete Control+Z" });
  const brush = element("input", { type: "range", min: 0.5, max: 3, step: 0.25, value: 1.25, "aria-label": "Brush size" });
  const button = (text, act) => element("button", { type: "button", onclick: act }, text);
  const erase = button("Erase", () => {
    erase.setAttribute("aria-pressed", erase.getAttribute("aria-pressed") !== "true");
    where();
  });
  erase.className = "chip";
  erase.setAttribute("aria-pressed", "false");
  const undo = button("Undo", () => goBack());
  const clear = button("Clear", () => wipe());
  const say = element("output", { class: "place" });
  const tip = element("div", { class: "caption" }, "Keys: arrows move, space draws, Ctrl+Z, Delete");
  root.append(canvas, element("div", { class: "transport" }, undo, clear, erase),
    element("label", { class: "brush" }, "Brush ", brush), say, tip);

  const erasing = () => erase.getAttribute("aria-pressed") === "true";

  // Ink from a to b: a pixel is covered as far as it lies within the brush's radius, with a soft rim of one pixel.
  function stroke(a, b) {
    const reach = +brush.value + 0.5;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length2 = dx * dx + dy * dy || 1;
    for (let row = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach)); row < Math.min(size, Math.max(a.y, b.y) + reach); row++) {
      for (let col = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach)); col < Math.min(size, Math.max(a.x, b.x) + reach); col++) {
        const [px, py] = [col + 0.5 - a.x, row + 0.5 - a.y];
        const along = Math.max(0, Math.min(1, (px * dx + py * dy) / length2));
        const ink = Math.round(255 * Math.max(0, Math.min(1, reach - Math.hypot(px - along * dx, py - along * dy))));
        const k = row * size + col;
        pixels[k] = erasing() ? Math.min(pixels[k], 255 - ink) : Math.max(pixels[k], ink);
      }
    }
  }

  function draw() {
    const side = Math.max(140, Math.min(root.clientWidth || 280, 280));
    const context = prepare(canvas, side, side);
    const image = new ImageData(size, size);
    for (let k = 0; k < pixels.length; k++) image.data.set([pixels[k], pixels[k], pixels[k], 255], 4 * k);
    const small = element("canvas", { width: size, height: size });
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, side, side);
    if (root.getRootNode().activeElement === canvas && pen.last === null) {
      context.strokeStyle = pen.down ? COLOURS.result : COLOURS.weight;
      context.lineWidth = 2;
      context.beginPath();
      context.arc((pen.x / size) * side, (pen.y / size) * side, ((+brush.value + 0.25) / size) * side, 0, 2 * Math.PI);
      context.stroke();
    }
    where();
    tools.drawn();
  }

  function where() {
    undo.disabled = past.length === 0;
    const place = `row ${Math.floor(pen.y) + 1}, column ${Math.floor(pen.x) + 1}`;
    say.textContent = `${size} × ${size} pixels, ${place}, ${pen.down ? (erasing() ? "erasing" : "drawing") : "pen up"}`;
  }

  const remember = () => (past = [...past.slice(-UNDO_DEPTH + 1), pixels.slice()]);

  function send() {
    clearTimeout(timer);
    let text = "";
    for (const value of pixels) text += String.fromCharCode(value);
    tools.setState("drawing", pixels.some((value) => value) ? btoa(text) : null);
  }
  function sendSoon() {
    clearTimeout(timer);
    timer = setTimeout(send, SETTLE);
  }

  function goBack() {
    if (!past.length) return;
    pixels = past.pop();
    draw();
    send();
  }
  function wipe() {
    remember();
    pixels.fill(0);
    draw();
    send();
  }

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * size, y: ((event.clientY - box.top) / box.height) * size };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || pen.pointer !== null) return; // a second finger draws nothing
    pen.pointer = event.pointerId;
    canvas.setPointerCapture(event.pointerId);
    remember();
    pen = { ...pen, ...at(event), last: at(event), down: false };
    stroke(pen.last, pen.last);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen.pointer) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const next = at(part);
      stroke(pen.last, next);
      pen = { ...pen, ...next, last: next };
    }
    draw();
  });
  const lift = (event) => {
    if (event.pointerId !== pen.pointer) return;
    pen = { ...pen, last: null, pointer: null };
    draw();
    send();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  function walk(dx, dy) {
    const clip = (value) => Math.max(0.5, Math.min(size - 0.5, Math.floor(value) + 0.5));
    const from = { x: pen.x, y: pen.y };
    pen = { ...pen, x: clip(pen.x + dx), y: clip(pen.y + dy) };
    if (pen.down) {
      stroke(from, pen);
      sendSoon();
    }
    draw();
  }
  keyboard(canvas, {
    move: walk,
    edge: (side) => walk(side * size, 0),
    space: () => {
      if (!pen.down) walk(0, 0); // keys draw from pixel centre to pixel centre
      pen.down = !pen.down;
      if (pen.down) {
        remember();
        stroke(pen, pen);
        sendSoon();
      }
      draw();
    },
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Delete" || event.key === "Backspace") wipe();
    else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) goBack();
    else if (event.key === "Escape") pen.down = false;
    else return;
    event.preventDefault();
    draw();
  });
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("blur", () => {
    pen.down = false;
    draw();
  });
  brush.addEventListener("input", draw);
  const watcher = new ResizeObserver(() => draw());

  return {
    update(data) {
      canvas.setAttribute("aria-label", data.label);
      if (data.size !== size) {
        size = data.size;
        pixels = data.drawing ? Uint8Array.from(atob(data.drawing), (c) => c.charCodeAt(0)) : new Uint8Array(size * size);
        past = [];
        pen = { x: size / 2, y: size / 2, down: false, last: null, pointer: null };
        watcher.observe(root);
      }
      draw();
    },
    destroy() {
      clearTimeout(timer);
      watcher.disconnect();
    },
  };
});
