/** A small picture of a class for legends, drawn as the map draws it. */
import type { Layer, LegendItem } from "../types";
import { FILL_STRENGTH, ZONE_STRENGTH } from "./layers";
import { isPattern, markOf, type Pattern } from "./marks";

const SPACE = "http://www.w3.org/2000/svg";

export function swatch(layer: Layer, item: LegendItem): SVGSVGElement {
  const picture = svg("svg", { viewBox: "0 0 22 14", class: "map-swatch", "aria-hidden": "true" }) as SVGSVGElement;
  const mark = markOf(layer);
  if (layer.geometry_type === "point") {
    picture.append(svg("circle", { cx: 11, cy: 7, r: 4.5, fill: item.fill, stroke: "#ffffff" }));
  } else if (layer.geometry_type === "line") {
    picture.append(svg("line", { x1: 1, y1: 7, x2: 21, y2: 7, stroke: item.line, "stroke-width": 2, ...dashes(mark?.dash ?? []) }));
  } else if (mark) {
    if (layer.legend.length > 1) picture.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, fill: item.fill, "fill-opacity": ZONE_STRENGTH * 1.5 }));
    if (mark.pattern) picture.append(...pattern(mark.pattern, mark.colour));
    picture.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, fill: "none", stroke: mark.colour, "stroke-width": 1.6, ...dashes(mark.dash) }));
  } else {
    picture.append(svg("rect", { x: 0.5, y: 0.5, width: 21, height: 13, fill: item.fill, "fill-opacity": FILL_STRENGTH, stroke: "#8a8f98", "stroke-width": 0.8 }));
    if (isPattern(item.pattern)) picture.append(...pattern(item.pattern, item.line));
  }
  return picture;
}

/** A filled box in one colour with the same pattern as on the map. */
export function box(colour: string, filled: Pattern | null, dashed: boolean): SVGSVGElement {
  const picture = svg("svg", { viewBox: "0 0 22 14", class: "map-swatch", "aria-hidden": "true" }) as SVGSVGElement;
  picture.append(svg("rect", { x: 1, y: 1, width: 20, height: 12, fill: colour, "fill-opacity": 0.35, stroke: colour, "stroke-width": 1.6, ...dashes(dashed ? [2, 1.4] : []) }));
  if (filled) picture.append(...pattern(filled, colour));
  return picture;
}

function pattern(kind: Pattern, colour: string): Element[] {
  const line = (x1: number, y1: number, x2: number, y2: number): Element => svg("line", { x1, y1, x2, y2, stroke: colour, "stroke-width": 0.9 });
  const steps = [0, 1, 2, 3];
  const made: Element[] = [];
  if (kind === "hatch" || kind === "crosshatch") made.push(...steps.map((step) => line(step * 6 - 2, 13, step * 6 + 7, 1)));
  if (kind === "backhatch" || kind === "crosshatch") made.push(...steps.map((step) => line(step * 6 - 2, 1, step * 6 + 7, 13)));
  if (kind === "lines") made.push(line(1, 5, 21, 5), line(1, 9, 21, 9));
  if (kind === "dots") made.push(...steps.flatMap((step) => [1, 2].map((row) => svg("circle", { cx: 3 + step * 5 + (row % 2) * 2, cy: row * 4.4, r: 1, fill: colour }))));
  return made;
}

function dashes(lengths: number[]): Record<string, string> {
  return lengths.length ? { "stroke-dasharray": lengths.map((length) => length * 1.2).join(" ") } : {};
}

function svg(tag: string, values: Record<string, string | number>): Element {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, String(value));
  return made;
}
