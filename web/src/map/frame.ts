/** The places of the map's parts: bar, tools, panel, stage, card, results, time. */
import { fill, h, icon } from "./dom";
import type { Sheet } from "./sheet";
import type { Speech } from "./words";

export interface Frame {
  bar: HTMLElement;
  rail: HTMLElement;
  panel: HTMLElement;
  stage: HTMLElement;
  sheet: HTMLElement;
  results: HTMLElement;
  foot: HTMLElement;
  live: HTMLElement;
}

export function frame(host: HTMLElement, speech: Speech): Frame {
  const made: Frame = {
    bar: h("div", { class: "map-bar" }),
    rail: h("div", { class: "map-rail", role: "toolbar", "aria-label": speech.say("tools"), "aria-orientation": "vertical" }),
    panel: h("section", { class: "map-panel", hidden: true }),
    stage: h("div", { class: "map-stage" }),
    sheet: h("div", { class: "map-sheet is-first" }),
    results: h("section", { class: "map-results", hidden: true }),
    foot: h("div", { class: "map-foot" }),
    live: h("div", { class: "map-live", role: "status", "aria-live": "polite" }),
  };
  made.stage.append(made.sheet, h("div", { class: "map-crosshair", "aria-hidden": "true" }));
  fill(host, made.bar, h("div", { class: "map-body" }, made.rail, made.panel, h("div", { class: "map-middle" }, made.stage, made.results)), made.foot, made.live);
  return made;
}

/** Zoom buttons and the way back to the whole city. */
export function zoomButtons(speech: Speech, sheet: Sheet, home: () => void): HTMLElement {
  const button = (words: "zoom_in" | "zoom_out" | "whole_city", drawing: string, act: () => void): HTMLElement =>
    h("button", { type: "button", class: "map-square", "aria-label": speech.say(words), title: speech.say(words), onclick: act }, icon(drawing));
  return h(
    "div",
    { class: "map-zoom" },
    button("zoom_in", "plus", () => sheet.map.zoomIn()),
    button("zoom_out", "minus", () => sheet.map.zoomOut()),
    button("whole_city", "home", home),
  );
}

const ROUND = [1, 2, 5];
const SCALE_PIXELS = 120;

/** A scale bar in metres of the ground at the middle of the map. */
export function scaleBar(speech: Speech, sheet: Sheet): { element: HTMLElement; draw: () => void } {
  const element = h("div", { class: "map-scale", role: "img" });
  const draw = (): void => {
    const widest = sheet.metresPerPixel * SCALE_PIXELS;
    const power = 10 ** Math.floor(Math.log10(widest));
    const metres = power * (ROUND.filter((step) => step * power <= widest).at(-1) ?? 1);
    const said = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
    element.style.setProperty("--length", `${metres / sheet.metresPerPixel}px`);
    element.setAttribute("aria-label", speech.say("scale", { length: said }));
    element.textContent = said;
  };
  draw();
  return { element, draw };
}
