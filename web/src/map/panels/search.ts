/** The search box: units, parcels, projects and features by name or number. */
import { allLayers, type Desk } from "../desk";
import { calmly, fill, h, icon } from "../dom";
import { wasReplaced } from "../api";
import type { Place } from "../types";

const WAIT_MS = 200;

export function searchBox(desk: Desk): HTMLElement {
  const { speech } = desk;
  let places: Place[] = [];
  let active = -1;
  let asked: AbortController | null = null;
  const list = h("ul", { id: "map-places", role: "listbox", "aria-label": speech.say("search"), hidden: true });
  const input = h("input", {
    type: "search",
    role: "combobox",
    "aria-label": speech.say("search"),
    "aria-controls": "map-places",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    autocomplete: "off",
    placeholder: speech.say("search_hint"),
  });
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const go = (place: Place | undefined): void => {
    if (!place) return;
    input.value = speech.text(place.title);
    close();
    void show(desk, place);
  };
  const mark = (next: number): void => {
    active = next;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === next)));
    const item = list.children[next];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const ask = calmly(async () => {
    asked?.abort();
    const q = input.value.trim();
    if (!q) return close();
    asked = new AbortController();
    try {
      places = await desk.api.search(q, asked.signal);
    } catch (error) {
      if (!wasReplaced(error)) desk.fail(error);
      return;
    }
    const options = places.map((place, index) =>
      h(
        "li",
        { id: `map-place-${index}`, role: "option", "aria-selected": "false", onmousedown: (event: Event) => event.preventDefault(), onclick: () => go(place) },
        h("span", {}, speech.text(place.title)),
        h("span", { class: "map-count" }, speech.named("kind", place.kind)),
      ),
    );
    const none = speech.say("search_none", { q });
    fill(list, options.length ? options : h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, none));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    active = -1;
    desk.announce(options.length ? speech.say("search_count", { count: options.length }) : none);
  }, WAIT_MS);
  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter") go(places[Math.max(0, active)]);
    else if (event.key === "ArrowDown" && places.length) mark((active + 1) % places.length);
    else if (event.key === "ArrowUp" && places.length) mark((active - 1 + places.length) % places.length);
    else return;
    event.preventDefault();
  });
  return h("div", { class: "map-search" }, icon("search"), input, list);
}

async function show(desk: Desk, place: Place): Promise<void> {
  desk.sheet.fit(place.bounds);
  desk.announce(desk.speech.text(place.title));
  const layer = allLayers(desk).find((known) => known.name === place.layer);
  if (!layer || !place.id) return;
  const shown = desk.store.view.layers ?? {};
  if (!(layer.name in shown)) desk.store.set({ layers: { ...shown, [layer.name]: 1 } });
  try {
    const found = await desk.api.features(layer.name, layer.version, [place.id]);
    desk.overlays.pick(found.features.map((feature) => feature.geometry));
    desk.store.set({ pick: { layer: layer.name, version: layer.version, id: place.id } });
  } catch (error) {
    desk.fail(error);
  }
}
