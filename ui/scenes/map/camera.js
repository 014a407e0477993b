// From positions in the map to pixels: fit, pan, zoom, and a turn in three dimensions.

function camera() {
  const view = { zoom: 1, x: 0, y: 0, yaw: 0.6, pitch: 0.35 };
  let [width, height, dims] = [1, 1, 2];
  let fit = { centre: [0, 0, 0], half: [1, 1, 1] };

  // Half a box around all points of all frames, so that scrubbing moves the points and not the ground under them.
  function bounds(positions, d, zero) {
    const low = Array(d).fill(zero ? 0 : Infinity), high = Array(d).fill(zero ? 0 : -Infinity);
    for (let k = 0; k < positions.length; k++) {
      const axis = k % d, value = positions[k];
      if (value < low[axis]) low[axis] = value;
      if (value > high[axis]) high[axis] = value;
    }
    return { centre: low.map((v, k) => (v + high[k]) / 2), half: low.map((v, k) => Math.max(1e-9, (high[k] - v) / 2)) };
  }

  function scale() {
    const [hx, hy] = dims === 3 ? [Math.hypot(...fit.half), Math.hypot(...fit.half)] : fit.half;
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
    const far = Math.hypot(...fit.half);
    for (let i = 0; i < depth.length; i++) {
      const [x, y, z] = [shown[3 * i] - c[0], shown[3 * i + 1] - c[1], shown[3 * i + 2] - c[2]];
      const side = cy * x + sy * z, away = cy * z - sy * x;
      const near = cp * away + sp * y;
      const perspective = 1 / (1 - (0.25 * near) / far);
      screen[2 * i] = ox + side * s * perspective;
      screen[2 * i + 1] = oy - (cp * y - sp * away) * s * perspective;
      depth[i] = near / far;
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
    frame: (positions, d, zero) => ([fit, dims] = [bounds(positions, d, zero), d]),
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
