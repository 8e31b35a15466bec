/**
 * How layers look that carry more meaning than a fill: control lines and limits. Each differs from the others by dash and by
 * pattern as well as by colour, so that no one needs to see colours to tell them apart.
 */
import type { Layer } from "../types";

export type Pattern = "hatch" | "backhatch" | "crosshatch" | "dots" | "lines";

export interface Mark {
  /** Lengths of dash and gap in line widths; empty is a solid line. */
  dash: number[];
  width: number;
  pattern: Pattern | null;
  colour: string;
}

const MARKS: Readonly<Record<string, Mark>> = {
  permanent_basic_farmland: { dash: [], width: 1.1, pattern: "hatch", colour: "#8a6d00" },
  ecological_redline: { dash: [5, 2], width: 1.8, pattern: "dots", colour: "#00724f" },
  urban_development_boundary: { dash: [7, 2, 1.5, 2], width: 2, pattern: null, colour: "#b3261e" },
  green_line: { dash: [3, 1.5], width: 1.4, pattern: "lines", colour: "#1f7a1f" },
  blue_line: { dash: [1.5, 1.5], width: 1.4, pattern: "backhatch", colour: "#1f5fae" },
  purple_line: { dash: [6, 1.5, 1.5, 1.5], width: 1.4, pattern: "crosshatch", colour: "#6a2fa0" },
  yellow_line: { dash: [2.5, 2.5], width: 1.4, pattern: "lines", colour: "#8f7000" },
  flood_risk_line: { dash: [5, 1, 1, 1], width: 1.4, pattern: "backhatch", colour: "#1f6fa0" },
  heritage_line: { dash: [4, 1], width: 1.4, pattern: "crosshatch", colour: "#8a3a10" },
  nature_reserve: { dash: [2, 1], width: 1.4, pattern: "dots", colour: "#1f6a2f" },
  local_unit: { dash: [6, 2, 1, 2, 1, 2], width: 1.3, pattern: null, colour: "#5b5f6b" },
  administrative_district: { dash: [4, 2], width: 1, pattern: null, colour: "#5b5f6b" },
};

const PATTERNS: readonly string[] = ["hatch", "backhatch", "crosshatch", "dots", "lines"];

/** What a layer is: its role stands in front (ADR 0012), the unit of a part behind a point, the mark of a public copy at the end. */
export function canonicalName(layer: Pick<Layer, "name">): string {
  return layer.name.replace(/^(sealed|parent|previous)_/, "").replace(/\..*$/, "").replace(/_public$/, "");
}

/** The mark of a layer, or null where each class has its fill. */
export function markOf(layer: Pick<Layer, "name" | "legend">): Mark | null {
  const known = MARKS[canonicalName(layer)];
  const [only] = layer.legend;
  if (known) return known;
  if (layer.legend.length === 1 && only && isPattern(only.pattern)) return { dash: [], width: 1.2, pattern: only.pattern, colour: only.line };
  return null;
}

export function isPattern(name: string | null): name is Pattern {
  return name !== null && PATTERNS.includes(name);
}

/** Name of the image that holds a pattern in a colour. */
export function patternImage(pattern: Pattern, colour: string): string {
  return `pattern ${pattern} ${colour}`;
}

/** Draw a pattern; the tile repeats without a seam. */
export function drawPattern(pattern: Pattern, colour: string, scale: number): ImageData {
  const side = 10 * scale;
  const canvas = new OffscreenCanvas(side, side);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser draws no pictures.");
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = scale;
  pen.globalAlpha = 0.75;
  const stroke = (...line: [number, number, number, number]): void => {
    pen.beginPath();
    pen.moveTo(line[0] * side, line[1] * side);
    pen.lineTo(line[2] * side, line[3] * side);
    pen.stroke();
  };
  // Diagonals are drawn three times, once beyond either edge, for their ends to meet on the next tile.
  if (pattern === "hatch" || pattern === "crosshatch") for (const shift of [-1, 0, 1]) stroke(shift, 1, shift + 1, 0);
  if (pattern === "backhatch" || pattern === "crosshatch") for (const shift of [-1, 0, 1]) stroke(shift, 0, shift + 1, 1);
  if (pattern === "lines") stroke(0, 0.5, 1, 0.5);
  if (pattern === "dots") {
    for (const [x, y] of [
      [0.25, 0.25],
      [0.75, 0.75],
    ] as const) {
      pen.beginPath();
      pen.arc(x * side, y * side, 1.15 * scale, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  return pen.getImageData(0, 0, side, side);
}
