/** The layer tree: four families, what is visible, how strongly, in which version, and what its colours mean. */
import { allLayers, type Desk, type Panel, type Tool } from "../desk";
import { fill, h } from "../dom";
import { swatch } from "../cartography/swatch";
import type { Family, Layer } from "../types";

const CLASSES_AT_ONCE = 10;

export const LAYERS: Tool = { id: "layers", title: "layers", icon: "layers", open };

function open(desk: Desk): Panel {
  const element = h("div", { class: "map-tree" });
  const closed = new Set<string>();
  const draw = (): void => {
    const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement.id : "";
    const families = desk.catalogue.families.filter((family) => family.layers.length);
    fill(element, families.length ? families.map((family) => familyOf(desk, family, closed)) : h("p", { class: "map-hint" }, empty(desk)));
    if (focused) document.getElementById(focused)?.focus();
  };
  draw();
  return {
    element,
    refresh: (changed) => {
      if (changed.has("catalogue") || (changed.has("layers") && !sliding(element))) draw();
    },
  };
}

/** While someone drags an opacity the tree stays as it is: redrawing would take the handle away. */
function sliding(element: HTMLElement): boolean {
  return document.activeElement instanceof HTMLInputElement && document.activeElement.type === "range" && element.contains(document.activeElement);
}

function empty(desk: Desk): string {
  return desk.speech.say(desk.store.view.date ? "layers_none" : "layers_none_ever");
}

function familyOf(desk: Desk, family: Family, closed: Set<string>): HTMLElement {
  const shown = desk.store.view.layers ?? {};
  const count = family.layers.filter((layer) => layer.name in shown).length;
  return h(
    "details",
    {
      class: "map-family",
      open: !closed.has(family.code),
      ontoggle: (event: Event) => ((event.target as HTMLDetailsElement).open ? closed.delete(family.code) : closed.add(family.code)),
    },
    h("summary", {}, h("span", { class: "map-family-title" }, desk.speech.text(family.title)), h("span", { class: "map-count" }, `${count}/${family.layers.length}`)),
    h("ul", {}, family.layers.map((layer) => layerOf(desk, layer))),
  );
}

function layerOf(desk: Desk, layer: Layer): HTMLElement {
  const { speech, store } = desk;
  const title = speech.text(layer.title);
  const opacity = store.view.layers?.[layer.name];
  const id = `map-layer-${layer.name}`;
  const [first] = layer.legend;
  const box = h("input", {
    type: "checkbox",
    id,
    ".checked": opacity !== undefined,
    onchange: (event: Event) => toggle(desk, layer, (event.target as HTMLInputElement).checked),
  });
  const head = h("div", { class: "map-layer-head" }, box, h("label", { for: id }, title), layer.legend.length === 1 && first ? swatch(layer, first) : null);
  const visibility = layer.visibility === "public" ? speech.say("public") : speech.say("internal");
  const facts = [period(desk, layer), visibility, layer.generalised ? speech.say("generalised") : "", speech.say("features", { count: layer.features })];
  const version = h("p", { class: "map-facts" }, facts.filter(Boolean).join(" · "), " · ", h("span", { title: layer.version }, `${speech.say("version")} `, h("code", {}, layer.version.slice(0, 8))));
  return h("li", { class: opacity === undefined ? "map-layer" : "map-layer is-on" }, head, version, opacity === undefined ? null : details(desk, layer, opacity));
}

function details(desk: Desk, layer: Layer, opacity: number): HTMLElement {
  const { speech, store } = desk;
  const output = h("output", {}, `${Math.round(opacity * 100)} %`);
  const slider = h("input", {
    type: "range",
    id: `map-opacity-${layer.name}`,
    min: 0,
    max: 100,
    step: 5,
    value: Math.round(opacity * 100),
    "aria-label": speech.say("opacity_of", { title: speech.text(layer.title) }),
    oninput: (event: Event) => {
      const chosen = Number((event.target as HTMLInputElement).value);
      output.textContent = `${chosen} %`;
      store.set({ layers: { ...store.view.layers, [layer.name]: chosen / 100 } });
    },
  });
  return h(
    "div",
    { class: "map-layer-body" },
    h("div", { class: "map-opacity" }, h("span", { "aria-hidden": "true" }, speech.say("opacity")), slider, output),
    layer.legend.length > 1 ? legend(desk, layer) : null,
  );
}

function legend(desk: Desk, layer: Layer): HTMLElement {
  const items = layer.legend.map((item) => h("li", {}, swatch(layer, item), h("span", {}, desk.speech.text(item.label))));
  const rest = items.slice(CLASSES_AT_ONCE);
  return h(
    "div",
    { class: "map-legend" },
    h("ul", { "aria-label": `${desk.speech.say("legend")} ${desk.speech.text(layer.title)}` }, items.slice(0, CLASSES_AT_ONCE)),
    rest.length ? h("details", {}, h("summary", {}, desk.speech.say("more_classes", { count: rest.length })), h("ul", {}, rest)) : null,
  );
}

function period(desk: Desk, layer: Layer): string {
  const { speech } = desk;
  if (!layer.valid_from) return speech.say("undated");
  if (!layer.valid_until) return speech.say("in_force_from", { date: speech.date(layer.valid_from) });
  return speech.say("in_force_between", { from: speech.date(layer.valid_from), until: speech.date(layer.valid_until) });
}

function toggle(desk: Desk, layer: Layer, on: boolean): void {
  const shown = { ...desk.store.view.layers };
  if (on) shown[layer.name] = 1;
  else delete shown[layer.name];
  const order = allLayers(desk).map((known) => known.name);
  const sorted = Object.entries(shown).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  desk.store.set({ layers: Object.fromEntries(sorted) });
}
