// Where labels stand: greedily in a given order, on the first side of their point where no other label is, if there is
// one where nothing else is painted either; the same input, the same places.

const LABEL = { height: 15, cell: 40, tries: 2500 };

// candidates: indices, most important first; screen: x, y by index; box: { width, height, taken: places that are not
// free, each { left, right, top, bottom } }; painted: places better left in sight. Returns [{ index, dx, dy }], from the
// point to the middle of the text's left.
function placeLabels(candidates, screen, radius, width, box, most, painted = []) {
  const taken = new Map(), busy = new Map(); // grid cell -> boxes that touch it
  for (const spot of box.taken) claim(taken, spot);
  for (const spot of painted) claim(busy, spot);
  const placed = [];
  for (const index of candidates.slice(0, LABEL.tries)) {
    if (placed.length >= most) break;
    const [x, y] = [screen[2 * index], screen[2 * index + 1]];
    if (!(x > -1 && y > -1 && x < box.width + 1 && y < box.height + 1)) continue;
    const w = width(index);
    const gap = radius + 3;
    const [rightward, leftward] = [x + gap, x - gap - w];
    const sides = [[rightward, y], [leftward, y], [x - w / 2, y - gap - 7], [x - w / 2, y + gap + 7], [rightward, y - 11], [rightward, y + 11], [leftward, y - 11], [leftward, y + 11]];
    const free = sides.map(([left, middle]) => ({ left: left - 2, right: left + w + 2, top: middle - LABEL.height / 2, bottom: middle + LABEL.height / 2 }))
      .filter((spot) => spot.left >= 0 && spot.right <= box.width && spot.top >= 0 && spot.bottom <= box.height && !meets(taken, spot));
    const spot = free.find((one) => !meets(busy, one)) ?? free[0];
    if (!spot) continue;
    claim(taken, spot);
    placed.push({ index, dx: spot.left + 2 - x, dy: spot.top + LABEL.height / 2 - y });
  }
  return placed;
}

function cellsOf(spot) {
  const cells = [];
  for (let cx = Math.floor(spot.left / LABEL.cell); cx <= Math.floor(spot.right / LABEL.cell); cx++)
    for (let cy = Math.floor(spot.top / LABEL.cell); cy <= Math.floor(spot.bottom / LABEL.cell); cy++) cells.push(cx * 4096 + cy);
  return cells;
}

function claim(grid, spot) {
  for (const cell of cellsOf(spot)) grid.has(cell) ? grid.get(cell).push(spot) : grid.set(cell, [spot]);
}

function meets(grid, spot) {
  const hit = (other) => spot.left < other.right && spot.right > other.left && spot.top < other.bottom && spot.bottom > other.top;
  return cellsOf(spot).some((cell) => grid.get(cell)?.some(hit));
}
