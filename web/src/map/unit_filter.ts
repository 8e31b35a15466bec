/** One unit out of ten: the others fade, and queries start with it. */
import type { Desk } from "./desk";
import { h } from "./dom";

export function unitFilter(desk: Desk): HTMLElement {
  const { speech, store, city } = desk;
  const select = h("select", { "aria-label": speech.say("unit") }, h("option", { value: "" }, speech.say("all_units")), city.units.map((unit) => h("option", { value: unit.code }, speech.text(unit.name))));
  select.value = store.view.unit ?? "";
  select.addEventListener("change", () => {
    const unit = city.units.find((known) => known.code === select.value);
    store.set({ unit: unit?.code ?? null });
    desk.sheet.fit(unit?.bounds ?? city.bounds);
    if (unit) desk.announce(speech.say("unit_shown", { name: speech.text(unit.name) }));
  });
  return h("div", { class: "map-unit" }, select);
}
