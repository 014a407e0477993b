// True neighbours come from the engine. Which points lie nearest on the map is read off the picture itself.

// -> { truth: [{ index, cosine, near }], lies: [index] } of point i in the snapshot that is shown
function relations(s, i) {
  const table = s.data.neighbourFrames.indexOf(s.frame);
  if (i < 0 || !s.data.neighbours || table < 0) return { truth: [], lies: [] };
  const k = s.data.neighbours.shape[2];
  const start = (table * s.data.labels.length + i) * k;
  const indices = [...s.data.neighbours.data.subarray(start, start + k)];
  const close = nearestOnMap(s.shown, s.data.positions.shape[2], s.data.labels.length, i, k);
  const truth = indices.map((index, n) => ({ index, cosine: s.data.cosines.data[start + n], near: close.includes(index) }));
  return { truth, lies: close.filter((index) => !indices.includes(index)) };
}

function nearestOnMap(places, d, n, i, k) {
  const best = []; // [squared distance, point], nearest first
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let a = 0; a < d; a++) sum += (places[j * d + a] - places[i * d + a]) ** 2;
    if (j === i || (best.length === k && sum >= best[k - 1][0])) continue;
    let at = best.length;
    while (at > 0 && best[at - 1][0] > sum) at--;
    best.splice(at, 0, [sum, j]);
    if (best.length > k) best.pop();
  }
  return best.map(([, j]) => j);
}

// The point under the mouse, -1 if none is within `reach` pixels.
function pointAt(s, x, y, reach) {
  let best = -1, least = reach * reach;
  for (let i = 0; i < s.data.labels.length; i++) {
    const distance = (s.screen[2 * i] - x) ** 2 + (s.screen[2 * i + 1] - y) ** 2;
    if (distance < least && !off(s, i)) [best, least] = [i, distance];
  }
  return best;
}

// A typed word: itself, or the first that begins so; -1 if there is none.
function findLabel(s, typed) {
  const word = typed.trim().toLowerCase();
  const exact = s.data.labels.findIndex((label) => label.toLowerCase() === word);
  return exact >= 0 || !word ? exact : s.data.labels.findIndex((label) => label.toLowerCase().startsWith(word));
}
