// From positions in the map to pixels: fit, pan, zoom, and a turn in three dimensions.

const SAMPLE = 20000; // places that the box is measured with
const EDGE = 0.01; // share of them that may lie outside on a side

function camera() {
  const view = { zoom: 1, x: 0, y: 0, yaw: 0.6, pitch: 0.35 };
  let [width, height, dims] = [1, 1, 2];
  let fit = { centre: [0, 0, 0], half: [1, 1, 1], far: 1 };

  // One box for all frames, so that scrubbing moves the points and not the ground under them: around the whole of frame
  // `now` and nearly all of the others. Those of an untrained start lie widest, and their edge is chance.
  function bounds({ data, shape: [, count, d] }, now, zero) {
    const shown = data.subarray(now * count * d, (now + 1) * count * d);
    const each = Math.ceil(data.length / d / SAMPLE);
    const axes = [...Array(d).keys()];
    const column = (from, k, every) => Float32Array.from({ length: Math.ceil(from.length / d / every) }, (_, i) => from[i * every * d + k]).sort();
    const [whole, some] = [axes.map((k) => column(shown, k, 1)), axes.map((k) => column(data, k, each))];
    const low = axes.map((k) => Math.min(whole[k][0], some[k][Math.floor(EDGE * some[k].length)], zero ? 0 : Infinity));
    const high = axes.map((k) => Math.max(whole[k].at(-1), some[k].at(-1 - Math.floor(EDGE * some[k].length)), zero ? 0 : -Infinity));
    const centre = low.map((v, k) => (v + high[k]) / 2);
    const half = low.map((v, k) => Math.max(1e-9, (high[k] - v) / 2));
    let far = Math.max(...half); // from the middle to the farthest of what can turn
    if (d === 3) for (let i = 0; i < shown.length; i += 3) far = Math.max(far, Math.hypot(shown[i] - centre[0], shown[i + 1] - centre[1], shown[i + 2] - centre[2]));
    return { centre, half, far };
  }

  function scale() {
    const [hx, hy] = dims === 3 ? [fit.far, fit.far] : fit.half;
    return 0.86 * Math.min(width / 2 / hx, height / 2 / hy) * view.zoom;
  }

  // positions of one frame -> screen (x, y by point) and depth (-1 far … 1 near, by point)
  function project(shown, screen, depth) {
    const s = scale(), [ox, oy] = [width / 2 + view.x, height / 2 + view.y], c = fit.centre;
    if (dims === 2) {
      for (let k = 0; k < screen.length; k += 2) {
        screen[k] = ox + (shown[k] - c[0]) * s;
        screen[k + 1] = oy - (shown[k + 1] - c[1]) * s;
      }
      return;
    }
    const [cy, sy, cp, sp] = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)];
    for (let i = 0; i < depth.length; i++) {
      const [x, y, z] = [shown[3 * i] - c[0], shown[3 * i + 1] - c[1], shown[3 * i + 2] - c[2]];
      const side = cy * x + sy * z, away = cy * z - sy * x;
      const near = cp * away + sp * y;
      const perspective = 1 / (1 - 0.25 * clamp(near / fit.far, -1, 1));
      screen[2 * i] = ox + side * s * perspective;
      screen[2 * i + 1] = oy - (cp * y - sp * away) * s * perspective;
      depth[i] = near / fit.far;
    }
  }

  function zoomAt(x, y, times) {
    const zoom = clamp(view.zoom * times, 1, 80);
    const share = zoom / view.zoom;
    view.x = (x - width / 2) * (1 - share) + view.x * share;
    view.y = (y - height / 2) * (1 - share) + view.y * share;
    view.zoom = zoom;
  }

  function pan(dx, dy) {
    const [side, up] = [width * view.zoom * 0.6, height * view.zoom * 0.6];
    view.x = clamp(view.x + dx, -side, side);
    view.y = clamp(view.y + dy, -up, up);
  }
  function turn(dx, dy) {
    view.yaw += dx * 0.01;
    view.pitch = clamp(view.pitch + dy * 0.01, -1.5, 1.5);
  }
  return {
    view, project, zoomAt, pan, turn,
    drag: (dx, dy, shift) => (dims === 3 && !shift ? turn(dx, dy) : pan(dx, dy)),
    reset: () => Object.assign(view, { zoom: 1, x: 0, y: 0, yaw: 0.6, pitch: 0.35 }),
    resize: (w, h) => ([width, height] = [w, h]),
    frame: (positions, now, zero) => ([fit, dims] = [bounds(positions, now, zero), positions.shape[2]]),
    get size() { return { width, height }; },
  };
}

// Mouse, finger, two fingers and wheel over `node`. moved() after each change, tap(x, y), hover(x, y | null).
function gestures(node, cam, { moved, tap, hover }) {
  const fingers = new Map(); // pointer id -> last place
  let travelled = 0;
  const at = (event) => {
    const box = node.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = ([a, b]) => ({ d: Math.hypot(a.x - b.x, a.y - b.y) || 1, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    node.setPointerCapture(event.pointerId);
    if (!fingers.size) travelled = 0;
    fingers.set(event.pointerId, at(event));
  });
  node.addEventListener("pointermove", (event) => {
    const now = at(event), last = fingers.get(event.pointerId);
    if (!last) return hover(now.x, now.y);
    const before = fingers.size === 2 ? spread([...fingers.values()]) : null;
    fingers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - last.x, now.y - last.y);
    if (before) {
      const after = spread([...fingers.values()]);
      cam.pan(after.x - before.x, after.y - before.y);
      cam.zoomAt(after.x, after.y, after.d / before.d);
    } else if (travelled > 4) cam.drag(now.x - last.x, now.y - last.y, event.shiftKey);
    moved();
  });
  const lift = (event) => {
    const last = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (last && travelled <= 4 && event.type === "pointerup") tap(last.x, last.y);
  };
  node.addEventListener("pointerup", lift);
  node.addEventListener("pointercancel", lift);
  node.addEventListener("pointerleave", () => fingers.size || hover(null));
  node.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && cam.view.zoom === 1) return; // nothing to zoom out of: the page scrolls
    const { x, y } = at(event);
    cam.zoomAt(x, y, Math.exp(-clamp(event.deltaY, -60, 60) * 0.004));
    event.preventDefault();
    moved();
  }, { passive: false });
}
