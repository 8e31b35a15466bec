/** Query and statistics by attribute, polygon and unit. */
import { allLayers, visibleLayers, type Desk, type Panel, type Tool } from "../desk";
import { boundsOf } from "../api";
import { fill, h, icon } from "../dom";
import type { Condition, Field, Layer, MapFeature, Question, StatisticsRow } from "../types";
import type { Word } from "../words";
import { areaInput } from "./area_input";
import { table } from "./table";

const PAGE = 200;
const COLUMNS_AT_MOST = 9;
const SQUARE_METRES_PER_HECTARE = 10_000;
const TEXT_OPERATORS = ["eq", "ne", "contains", "starts"] as const;
const NUMBER_OPERATORS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;

export const QUERY: Tool = { id: "query", title: "query", icon: "query", open };

function open(desk: Desk): Panel {
  const { speech } = desk;
  const layers = allLayers(desk);
  const layerChoice = choice(speech.say("layer"), layers.map((layer) => [layer.name, speech.text(layer.title)]));
  const first = visibleLayers(desk)[0];
  if (first) layerChoice.select.value = first.name;
  const unitChoice = choice(speech.say("unit"), [["", speech.say("all_units")], ...desk.city.units.map((unit): [string, string] => [unit.code, speech.text(unit.name)])]);
  unitChoice.select.value = desk.store.view.unit ?? "";
  const conditions = h("ol", { class: "map-conditions" });
  const groupChoice = choice(speech.say("count_by"), []);
  const area = areaInput(desk, () => undefined, speech.say("polygon_none"));
  const layer = (): Layer | undefined => allLayers(desk).find((known) => known.name === layerChoice.select.value);

  const renew = (): void => {
    fill(conditions);
    const fields = layer()?.fields ?? [];
    fill(groupChoice.select, h("option", { value: "" }, speech.say("count_all")), fields.filter(groups).map((field) => h("option", { value: field.name }, speech.text(field.label))));
    groupChoice.select.value = fields.some((field) => field.name === layer()?.legend_field) ? (layer()?.legend_field ?? "") : "";
  };
  layerChoice.select.addEventListener("change", renew);
  renew();

  const add = h(
    "button",
    {
      type: "button",
      class: "map-quiet",
      onclick: () => {
        const line = condition(desk, layer()?.fields ?? [], conditions.children.length + 1);
        conditions.append(line);
        line.querySelector("select")?.focus();
      },
    },
    icon("plus"),
    speech.say("add_condition"),
  );
  const question = (): Question | null => {
    const asked = layer();
    if (!asked) return null;
    const where = [...conditions.children].flatMap(readCondition);
    return {
      layer: asked.name,
      ...(desk.store.view.date ? { as_of: desk.store.view.date } : {}),
      ...(where.length ? { where } : {}),
      ...(area.geometry ? { polygon: area.geometry } : {}),
      ...(unitChoice.select.value ? { unit: unitChoice.select.value } : {}),
    };
  };
  const find = (): void => {
    const [asked, chosen] = [question(), layer()];
    if (asked && chosen) void findFeatures(desk, chosen, asked);
  };
  const count = (): void => {
    const [asked, chosen] = [question(), layer()];
    if (asked && chosen) void countFeatures(desk, chosen, asked, groupChoice.select.value);
  };
  const element = h(
    "form",
    {
      class: "map-form",
      onsubmit: (event: Event) => {
        event.preventDefault();
        find();
      },
    },
    layerChoice.element,
    unitChoice.element,
    h("fieldset", {}, h("legend", {}, speech.say("conditions")), conditions, add),
    h("fieldset", {}, h("legend", {}, speech.say("polygon")), area.element),
    h("div", { class: "map-actions" }, h("button", { type: "submit", class: "map-primary" }, speech.say("find"))),
    h("hr", {}),
    groupChoice.element,
    h("div", { class: "map-actions" }, h("button", { type: "button", onclick: count }, speech.say("statistics"))),
  );
  return {
    element,
    close: () => {
      desk.drawing.stop();
      desk.overlays.drawn(null);
    },
  };
}

export function choice(label: string, options: [value: string, label: string][]): { element: HTMLElement; select: HTMLSelectElement } {
  const select = h("select", {}, options.map(([value, text]) => h("option", { value }, text)));
  return { element: h("label", { class: "map-field" }, h("span", {}, label), select), select };
}

function groups(field: Field): boolean {
  return field.kind === "text" || field.kind === "integer";
}

function condition(desk: Desk, fields: Field[], number: number): HTMLLIElement {
  const { speech } = desk;
  const field = h("select", { "aria-label": speech.say("field"), "data-part": "field" }, fields.map((known) => h("option", { value: known.name, "data-kind": known.kind }, speech.text(known.label))));
  const operator = h("select", { "aria-label": speech.say("operator"), "data-part": "op" });
  const value = h("input", { type: "text", "aria-label": speech.say("value"), "data-part": "value", required: true });
  const renew = (): void => {
    const kind = fields.find((known) => known.name === field.value)?.kind ?? "text";
    const operators: readonly string[] = kind === "text" ? TEXT_OPERATORS : NUMBER_OPERATORS;
    fill(operator, operators.map((name) => h("option", { value: name }, speech.say(`op_${name}` as Word))));
    value.type = kind === "date" ? "date" : kind === "text" ? "text" : "number";
    value.step = kind === "integer" ? "1" : "any";
  };
  field.addEventListener("change", renew);
  renew();
  const remove = h("button", { type: "button", class: "map-square", "aria-label": speech.say("remove_condition", { number }), onclick: () => line.remove() }, icon("close"));
  const line = h("li", {}, field, operator, value, remove);
  return line;
}

function readCondition(line: Element): Condition[] {
  const part = (name: string): HTMLInputElement | null => line.querySelector(`[data-part="${name}"]`);
  const [field, op, value] = [part("field"), part("op"), part("value")];
  if (!field || !op || !value || value.value === "") return [];
  return [{ field: field.value, op: op.value, value: value.type === "number" ? Number(value.value) : value.value }];
}

async function findFeatures(desk: Desk, layer: Layer, question: Question): Promise<void> {
  const found: MapFeature[] = [];
  const ask = async (): Promise<void> => {
    try {
      const answer = await desk.api.query({ ...question, limit: PAGE, offset: found.length });
      found.push(...answer.features);
      show(answer.matched);
    } catch (error) {
      desk.fail(error, () => void ask());
    }
  };
  const show = (matched: number): void => {
    const { speech } = desk;
    const title = `${speech.say("results")}: ${speech.text(layer.title)}`;
    if (!matched) {
      desk.overlays.pick([]);
      desk.results(title, h("p", { class: "map-hint" }, speech.say("results_none")));
      desk.announce(speech.say("results_none"));
      return;
    }
    const said = speech.say("results_count", { returned: found.length, matched });
    const fields = layer.fields.filter((field) => field.name !== "identifier").slice(0, COLUMNS_AT_MOST);
    const content = table(desk, {
      caption: `${speech.text(layer.title)} · ${said}`,
      head: [{ label: speech.say("identifier") }, ...fields.map((field) => ({ label: speech.text(field.label), numeric: isNumber(field), unit: field.unit, field: field.name }))],
      rows: found.map((feature) => ({
        cells: [feature.properties?.["identifier"] ?? feature.id, ...fields.map((field) => feature.properties?.[field.name])],
        show: () => {
          desk.overlays.pick([feature.geometry]);
          const box = boundsOf([feature]);
          if (box) desk.sheet.fit(box);
          desk.store.set({ pick: { layer: layer.name, version: layer.version, id: String(feature.id ?? feature.properties?.["identifier"]) } });
        },
      })),
      ...(found.length < matched ? { note: speech.say("csv_partial", { count: found.length }) } : {}),
      file: `${layer.name}-${desk.store.view.date ?? desk.city.today}`,
    });
    if (found.length < matched) content.querySelector(".map-table-foot")?.append(h("button", { type: "button", onclick: () => void ask() }, speech.say("more")));
    desk.overlays.pick(found.map((feature) => feature.geometry));
    const box = boundsOf(found);
    if (box && found.length <= PAGE) desk.sheet.fit(box);
    desk.results(title, content);
    desk.announce(said);
  };
  await ask();
}

async function countFeatures(desk: Desk, layer: Layer, question: Question, group: string): Promise<void> {
  const { speech } = desk;
  try {
    const told = await desk.api.statistics({ ...question, ...(group ? { group_by: group } : {}) });
    const field = layer.fields.find((known) => known.name === group);
    const title = `${speech.say("statistics")}: ${speech.text(layer.title)}`;
    const cells = (row: StatisticsRow | (typeof told)["total"], label: string): unknown[] => [
      label,
      row.features,
      hectares(row.ellipsoidal_area_m2),
      hectares(row.planar_area_m2),
      "share" in row ? (row.share === null ? null : `${speech.number(row.share * 100, 2)} %`) : `${speech.number(100, 2)} %`,
    ];
    const content = table(desk, {
      caption: `${speech.text(layer.title)} · ${speech.say("version")} ${told.version.slice(0, 8)}`,
      head: [
        { label: field ? speech.text(field.label) : speech.say("group") },
        ...([["count", 0], ["ellipsoidal_ha", 2], ["planar_ha", 2], ["share_column", 2]] as const).map(([word, digits]) => ({ label: speech.say(word), numeric: true, digits })),
      ],
      rows: told.rows.map((row) => ({ cells: cells(row, named(speech.text(row.label), row.key)) })),
      foot: cells(told.total, speech.say("total")),
      note: speech.text(told.definition),
      file: `${layer.name}-statistics-${desk.store.view.date ?? desk.city.today}`,
    });
    desk.results(title, content);
    desk.announce(`${title}. ${speech.say("total")}: ${speech.say("features", { count: told.total.features })}`);
  } catch (error) {
    desk.fail(error, () => void countFeatures(desk, layer, question, group));
  }
}

function named(label: string, key: string | null): string {
  return label && key && !label.startsWith(key) ? `${key} ${label}` : label || (key ?? "—");
}

function hectares(squareMetres: number | null): number | null {
  return squareMetres === null ? null : squareMetres / SQUARE_METRES_PER_HECTARE;
}

function isNumber(field: Field): boolean {
  return field.kind === "integer" || field.kind === "real";
}
