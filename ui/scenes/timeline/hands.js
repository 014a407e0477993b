// Pointer and keys: a step is selected by its column or its box, a unit by its row.

// Pointer -> { t, spot, u }: over a box of the network or over a column.
function hit({ stage, geo, step }, event) {
  const frame = stage.getBoundingClientRect();
  const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
  if (y < geo.strip && !geo.aligned) {
    const { steps, width, x: centre } = slots(geo, step);
    return { t: steps.find((t) => Math.abs(centre(t) - x) <= width / 2), far: true };
  }
  if (x < geo.x0 || x >= geo.end) return {};
  const spot = geo.rows.find((row) => y - geo.strip >= row.y && y - geo.strip < row.y + row.height);
  const u = spot?.count ? Math.floor((y - geo.strip - spot.y) / spot.cell) : undefined;
  return { t: Math.floor((x - geo.x0) / geo.column), spot, u };
}

function listen(view, { select, pick, play }) {
  view.stage.addEventListener("pointermove", (event) => {
    const { t, far } = hit(view, event);
    if (t === undefined || t === view.step || far || play.playing) return; // the network's window would slide away under the pointer
    select(t);
  });
  view.stage.addEventListener("pointerdown", (event) => {
    const { t, spot, u } = hit(view, event);
    if (t === undefined) return;
    play.stop();
    view.step = t;
    if (spot?.count > 1 && spot.row.axis) pick(spot.row.axis, u);
    else select(t);
  });
  keyboard(view.stage, {
    move: (dx, dy) => {
      play.stop();
      if (dx) select(view.step + dx);
      const tall = view.data.rows.find((row) => row.axis === "u" && sizeOf(view.data, row) > 1);
      if (dy && tall) pick("u", view.picks.u + dy);
    },
    edge: (sign) => { play.stop(); select(sign < 0 ? 0 : steps(view) - 1); },
    space: () => play.toggle(),
  });
}
