/** Any two versions or layers beside each other, and the difference of two versions of one layer. */
import { allLayers, visibleLayers, type Desk, type Panel, type Tool } from "../desk";
import { boundsOf } from "../api";
import { box } from "../cartography/swatch";
import { fill, h } from "../dom";
import { SQUARE_METRES_PER_HECTARE } from "../geodesy";
import { CHANGE_COLOURS } from "../overlays";
import type { Compare, CompareMode, Side } from "../state";
import type { Difference, Layer, MapFeature } from "../types";
import { sinceWhen } from "../versions";
import type { Word } from "../words";
import { choice } from "./query";
import { table } from "./table";

const MODES: readonly CompareMode[] = ["off", "swipe", "beside"];
/** Pieces of land by what became of them, as the change layer of dynamic maintenance (维护层) codes them. */
const PIECES: Readonly<Record<string, string>> = { "1": "added", "2": "attribute_changed", "3": "removed" };
const CHANGES: readonly { kind: string; word: Word; count: string; area: string }[] = [
  { kind: "added", word: "added", count: "added", area: "brought_in_m2" },
  { kind: "removed", word: "removed", count: "removed", area: "taken_out_m2" },
  { kind: "attribute_changed", word: "changed_values", count: "attributes_changed", area: "attributes_changed_m2" },
];

export const COMPARE: Tool = { id: "compare", title: "compare", icon: "compare", open };

function open(desk: Desk): Panel {
  const element = h("div", { class: "map-form" });
  const draw = (): void => fill(element, sides(desk), h("hr", {}), difference(desk));
  draw();
  return {
    element,
    refresh: (changed) => changed.has("catalogue") && draw(),
    close: () => desk.overlays.change(null),
  };
}

function sides(desk: Desk): HTMLElement {
  const { speech, store } = desk;
  const set = (change: Partial<Compare>): void => store.set({ compare: { ...store.view.compare, ...change } });
  const pickers = h("div", { class: "map-pickers", hidden: store.view.compare.mode === "off" });
  const drawPickers = (): void =>
    fill(
      pickers,
      sidePicker(desk, speech.say("left"), store.view.compare.left, (left) => set({ left })),
      sidePicker(desk, speech.say("right"), store.view.compare.right, (right) => set({ right })),
    );
  drawPickers();
  const radios = MODES.map((mode) => {
    const radio = h("input", {
      type: "radio",
      name: "map-compare",
      value: mode,
      ".checked": store.view.compare.mode === mode,
      onchange: () => {
        const { left, right } = store.view.compare;
        set({ mode, left: left ?? firstSide(desk, "older"), right: right ?? firstSide(desk, "current") });
        pickers.hidden = mode === "off";
        drawPickers();
      },
    });
    return h("label", {}, radio, h("span", {}, speech.say(`compare_${mode}`)));
  });
  return h("div", {}, h("fieldset", { class: "map-segments" }, h("legend", {}, speech.say("compare_how")), radios), pickers);
}

/** What people most often want first: the layer on top, its older version left and the current one right. */
function firstSide(desk: Desk, which: "older" | "current"): Side | null {
  const layers = visibleLayers(desk);
  const layer = layers.find((known) => known.versions.length > 1) ?? layers[0];
  if (!layer) return null;
  const older = dated(layer).filter((version) => version.version !== layer.version).at(-1);
  return { layer: layer.name, version: which === "older" && older ? older.version : layer.version };
}

function dated(layer: Layer): Layer["versions"] {
  return [...layer.versions].sort((one, other) => (one.valid_from ?? "").localeCompare(other.valid_from ?? ""));
}

function sidePicker(desk: Desk, label: string, side: Side | null, changed: (side: Side) => void): HTMLElement {
  const { speech } = desk;
  const layers = allLayers(desk);
  const layer = choice(speech.say("layer"), layers.map((known) => [known.name, speech.text(known.title)]));
  const version = choice(speech.say("version"), []);
  const chosen = (): Layer | undefined => layers.find((known) => known.name === layer.select.value);
  const renew = (): void => {
    const known = chosen();
    fill(version.select, known ? versionOptions(desk, known) : []);
  };
  if (side) layer.select.value = side.layer;
  renew();
  if (side) version.select.value = side.version;
  const tell = (): void => changed({ layer: layer.select.value, version: version.select.value });
  layer.select.addEventListener("change", () => {
    renew();
    const known = chosen();
    if (known) version.select.value = known.version;
    tell();
  });
  version.select.addEventListener("change", tell);
  return h("fieldset", {}, h("legend", {}, label), layer.element, version.element);
}

function versionOptions(desk: Desk, layer: Layer): HTMLOptionElement[] {
  return dated(layer)
    .reverse()
    .map((version) => h("option", { value: version.version }, `${sinceWhen(desk.speech, version)} · ${version.version.slice(0, 8)}`));
}

function difference(desk: Desk): HTMLElement {
  const { speech } = desk;
  const layers = allLayers(desk).filter((layer) => layer.versions.length > 1);
  if (!layers.length) return h("section", {}, h("h3", {}, speech.say("difference")), h("p", { class: "map-hint" }, speech.say("one_version")));
  const layer = choice(speech.say("layer"), layers.map((known) => [known.name, speech.text(known.title)]));
  const from = choice(speech.say("from"), []);
  const to = choice(speech.say("to"), []);
  const summary = h("div", {});
  const chosen = (): Layer => layers.find((known) => known.name === layer.select.value) ?? (layers[0] as Layer);
  const renew = (): void => {
    fill(summary);
    desk.overlays.change(null);
    fill(from.select, versionOptions(desk, chosen()));
    fill(to.select, versionOptions(desk, chosen()));
    to.select.selectedIndex = 0;
    from.select.selectedIndex = 1;
  };
  const first = visibleLayers(desk).find((known) => known.versions.length > 1);
  if (first) layer.select.value = first.name;
  renew();
  layer.select.addEventListener("change", renew);
  const show = async (): Promise<void> => {
    try {
      const told = await desk.api.difference(chosen().name, from.select.value, to.select.value, desk.store.view.unit);
      fill(summary, summaryOf(desk, told));
      showDifference(desk, chosen(), told);
    } catch (error) {
      desk.fail(error, () => void show());
    }
  };
  const button = h("button", { type: "button", class: "map-primary", onclick: () => void show() }, speech.say("show_difference"));
  return h("section", {}, h("h3", {}, speech.say("difference")), layer.element, h("div", { class: "map-pair" }, from.element, to.element), h("div", { class: "map-actions" }, button), summary);
}

function summaryOf(desk: Desk, told: Difference): HTMLElement {
  const { speech } = desk;
  const amount = (name: string): number => Number(told.summary[name] ?? 0);
  const rows = CHANGES.map(({ kind, word, count, area }) =>
    h("tr", {}, h("th", { scope: "row" }, changeSwatch(kind), speech.say(word)), h("td", {}, speech.number(amount(count))), h("td", {}, speech.number(amount(area) / SQUARE_METRES_PER_HECTARE, 2))),
  );
  rows.push(h("tr", {}, h("th", { scope: "row" }, speech.say("changed_shape")), h("td", {}, speech.number(amount("geometry_changed"))), h("td", {})));
  const head = ["difference_kind", "count", "planar_ha"] as const;
  return h("table", { class: "map-changes" }, h("thead", {}, h("tr", {}, head.map((word) => h("th", { scope: "col" }, speech.say(word))))), h("tbody", {}, rows));
}

function changeSwatch(kind: string): SVGSVGElement {
  const pattern = ({ removed: "hatch", attribute_changed: "lines" } as const)[kind as "removed"] ?? null;
  return box(CHANGE_COLOURS[kind] ?? "#555555", pattern, kind === "removed");
}

function showDifference(desk: Desk, layer: Layer, told: Difference): void {
  const { speech } = desk;
  const title = `${speech.say("difference")}: ${speech.text(layer.title)}`;
  const features = told.features.features.map((feature) => ({ ...feature, properties: { ...feature.properties, change: changeOf(feature) } }));
  desk.overlays.change({ type: "FeatureCollection", features });
  if (!features.length) {
    desk.results(title, h("p", { class: "map-hint" }, speech.say("difference_none")));
    desk.announce(speech.say("difference_none"));
    return;
  }
  const said = speech.say("difference_count", { count: features.length + (told.left_off ?? 0) });
  const content = table(desk, {
    caption: `${speech.text(layer.title)} · ${said}`,
    head: [
      { label: speech.say("identifier") },
      { label: speech.say("difference_kind") },
      { label: speech.say("changed_fields") },
      { label: speech.say("ellipsoidal_ha"), numeric: true, digits: 4 },
    ],
    rows: features.map((feature) => ({
      cells: cellsOf(desk, layer, feature),
      show: () => {
        desk.overlays.pick([feature.geometry]);
        const place = boundsOf([feature]);
        if (place) desk.sheet.fit(place);
      },
    })),
    ...(told.left_off ? { note: speech.say("difference_limited", { count: features.length }) } : {}),
    file: `${layer.name}-difference`,
  });
  const place = boundsOf(features);
  if (place) desk.sheet.fit(place);
  desk.results(title, content);
  desk.announce(said);
}

function changeOf(feature: MapFeature): string {
  return PIECES[String(feature.properties?.["change_type"])] ?? "attribute_changed";
}

/** Identifiers before and after, what became of the land, which fields differ, how large it is. */
function cellsOf(desk: Desk, layer: Layer, feature: MapFeature): unknown[] {
  const properties = feature.properties ?? {};
  const identifiers = [properties["old_identifier"], properties["new_identifier"]].filter((value) => typeof value === "string" && value);
  const word = CHANGES.find(({ kind }) => kind === changeOf(feature))?.word;
  const fields = String(properties["changed_fields"] ?? "").split(/[,;、]\s*/).filter(Boolean);
  const names = fields.map((name) => desk.speech.text(layer.fields.find((field) => field.name === name)?.label ?? name));
  const area = properties["ellipsoidal_area_m2"];
  return [[...new Set(identifiers)].join(" → "), word ? desk.speech.say(word) : "", names.join(", "), typeof area === "number" ? area / SQUARE_METRES_PER_HECTARE : null];
}
