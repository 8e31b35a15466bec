/** Findings of a check on the map and in a list: what is filtered in one is filtered in the other. */
import type { Desk, Panel, Tool } from "../desk";
import { boundsOf } from "../api";
import type { Point } from "maplibre-gl";
import { calmly, fill, h } from "../dom";
import { SEVERITY_COLOURS } from "../overlays";
import type { Bounds, Features, MapFeature } from "../types";
import { choice } from "./query";

const LIST_AT_MOST = 300;
const FINDING_LAYERS = ["finding dots", "findings point", "findings line", "findings fill"];
const SEVERITIES = ["mandatory", "major", "minor", "notice"];

export interface FindingsFilter {
  code?: string;
  severity?: string;
  unit?: string;
}

/** Findings outlive their panel: closing it leaves them on the map. */
export class Findings {
  all: MapFeature[] = [];
  filter: FindingsFilter = {};
  inView = false;

  take(features: Features): void {
    this.all = features.features;
    this.filter = {};
  }

  matching(view: Bounds | null): MapFeature[] {
    const { code, severity, unit } = this.filter;
    return this.all.filter(
      (finding) =>
        (!code || text(finding, "code") === code) &&
        (!severity || text(finding, "severity") === severity) &&
        (!unit || unitOf(finding) === unit) &&
        (!this.inView || !view || touches(finding, view)),
    );
  }
}

export function findingsTool(findings: Findings): Tool {
  return { id: "findings", title: "findings", icon: "findings", open: (desk) => open(desk, findings) };
}

function open(desk: Desk, findings: Findings): Panel {
  const { speech } = desk;
  const values = (read: (finding: MapFeature) => string): string[] => [...new Set(findings.all.map(read))].filter(Boolean).sort();
  const any: [string, string] = ["", speech.say("any")];
  const code = choice(speech.say("check"), [any, ...values((finding) => text(finding, "code")).map((value): [string, string] => [value, value])]);
  const severities = values((finding) => text(finding, "severity")).sort((one, other) => SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other));
  const severity = choice(speech.say("severity"), [any, ...severities.map((value): [string, string] => [value, speech.named("severity", value)])]);
  const unitName = (value: string): string => speech.text(desk.city.units.find((unit) => unit.code === value)?.name ?? value);
  const unit = choice(speech.say("unit"), [any, ...values(unitOf).map((value): [string, string] => [value, unitName(value)])]);
  const here = h("input", { type: "checkbox", ".checked": findings.inView });
  const count = h("p", { class: "map-hint" });
  const list = h("ol", { class: "map-findings" });
  code.select.value = findings.filter.code ?? "";
  severity.select.value = findings.filter.severity ?? "";
  unit.select.value = findings.filter.unit ?? "";
  unit.element.hidden = unit.select.options.length <= 2;

  const draw = (): void => {
    const matching = findings.matching(desk.sheet.bounds);
    desk.overlays.findings(matching);
    count.textContent = findings.all.length ? speech.say("findings_count", { shown: matching.length, all: findings.all.length }) : speech.say("findings_none");
    fill(list, matching.slice(0, LIST_AT_MOST).map((finding) => item(desk, finding)));
  };
  const change = (): void => {
    findings.filter = { code: code.select.value, severity: severity.select.value, unit: unit.select.value };
    findings.inView = here.checked;
    draw();
    desk.announce(count.textContent ?? "");
    desk.element.dispatchEvent(new CustomEvent("lt-map:filter", { bubbles: true, detail: findings.filter }));
  };
  for (const input of [code.select, severity.select, unit.select, here]) input.addEventListener("change", change);
  const chosen = (event: Event): void => {
    const { kind, id } = (event as CustomEvent<{ kind: string; id: string }>).detail;
    if (kind !== "finding") return;
    for (const button of list.querySelectorAll("button")) button.toggleAttribute("data-chosen", button.dataset["key"] === id);
    list.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" });
  };
  desk.element.addEventListener("lt-map:select", chosen);
  const moved = calmly(() => findings.inView && draw(), 200);
  desk.sheet.map.on("moveend", moved);
  const close = (): void => {
    desk.sheet.map.off("moveend", moved);
    desk.element.removeEventListener("lt-map:select", chosen);
  };
  draw();
  const element = h("div", { class: "map-form" }, code.element, severity.element, unit.element, h("label", { class: "map-check" }, here, h("span", {}, speech.say("in_view"))), count, list);
  return { element, refresh: (changed) => changed.has("catalogue") && draw(), close: () => close() };
}

function item(desk: Desk, finding: MapFeature): HTMLElement {
  const { speech } = desk;
  const severity = text(finding, "severity");
  const dot = h("span", { class: "map-dot", "aria-hidden": "true" });
  dot.style.setProperty("--dot", SEVERITY_COLOURS[severity] ?? "#5b6b7a");
  const button = h(
    "button",
    { type: "button", "data-key": keyOf(finding), onclick: () => selectFinding(desk, finding) },
    h("span", { class: "map-finding-head" }, dot, h("strong", {}, text(finding, "code")), h("span", {}, speech.named("severity", severity)), finding.geometry ? null : h("em", {}, speech.say("unplaced"))),
    h("span", {}, wording(finding, "message", speech.language)),
  );
  return h("li", {}, button);
}

/** The finding drawn at a point of the map, if one is. */
export function findingAt(desk: Desk, findings: Findings, point: Point): MapFeature | undefined {
  if (!findings.all.length) return undefined;
  const [hit] = desk.sheet.map.queryRenderedFeatures(point, { layers: FINDING_LAYERS });
  return hit && findings.all.find((known) => keyOf(known) === String(hit.properties["key"] ?? hit.id));
}

export function selectFinding(desk: Desk, finding: MapFeature): void {
  desk.overlays.pick([finding.geometry]);
  const box = boundsOf([finding]);
  if (box) desk.sheet.fit(box, 18);
  desk.announce(`${text(finding, "code")}: ${wording(finding, "message", desk.speech.language)} ${wording(finding, "remedy", desk.speech.language)}`);
  desk.element.dispatchEvent(new CustomEvent("lt-map:select", { bubbles: true, detail: { kind: "finding", id: keyOf(finding), properties: finding.properties } }));
}

export function keyOf(finding: MapFeature): string {
  return text(finding, "key") || String(finding.id ?? "");
}

export function wording(finding: MapFeature, name: string, language: "en" | "zh"): string {
  const told = finding.properties?.[name];
  if (typeof told === "object" && told !== null) return String((told as Record<string, unknown>)[language] ?? "");
  return text(finding, `${name}_${language}`) || (typeof told === "string" ? told : "");
}

function unitOf(finding: MapFeature): string {
  return text(finding, "unit_code") || text(finding, "unit");
}

function text(finding: MapFeature, name: string): string {
  const value = finding.properties?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function touches(finding: MapFeature, view: Bounds): boolean {
  const box = boundsOf([finding]);
  return box !== null && box[0] <= view[2] && box[2] >= view[0] && box[1] <= view[3] && box[3] >= view[1];
}
