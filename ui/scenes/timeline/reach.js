// How far the selected step looks back (data.reach steps before it): a band over those columns, moved with the selection.
function showReach(stage, { data, geo, step }) {
  const band = stage.querySelector(".reach") ?? stage.insertBefore(element("div", { class: "reach" }), stage.lastChild);
  const from = step - (data.reach || 0);
  band.hidden = !data.reach || step < (data.reachFrom ?? 0);
  if (band.hidden) return;
  const begin = Math.max(0, from); // the window may begin before what is shown
  band.style.cssText = `transform:translate(${columnX(geo, begin)}px,${geo.strip + geo.head - 2}px);width:${(step - begin) * geo.column}px;height:${geo.grid - geo.head + 2}px`;
}
