/** What is drawn over the themes: picks, drawn polygons, differences, findings. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Geometry } from "geojson";
import type { Features, MapFeature } from "./types";
import type { Sheet } from "./sheet";
import { emptyFeatures } from "./cartography/units";
import { patternImage } from "./cartography/marks";

const PICK = "#0b57d0";

/** Bluish green, vermilion and blue of Okabe and Ito: told apart by people with any kind of colour blindness. */
export const CHANGE_COLOURS: Readonly<Record<string, string>> = {
  added: "#009e73",
  removed: "#d55e00",
  geometry_changed: "#0072b2",
  attribute_changed: "#7a5c99",
};

export const SEVERITY_COLOURS: Readonly<Record<string, string>> = {
  blocking: "#b3261e",
  major: "#c77700",
  minor: "#5b6b7a",
  note: "#5b6b7a",
};

export class Overlays {
  readonly #sheet: Sheet;

  constructor(sheet: Sheet) {
    this.#sheet = sheet;
    sheet.overlay("change", "below overlays", changes());
    sheet.overlay("findings", "below overlays", findings());
    sheet.overlay("drawn", "below picks", drawn());
    sheet.overlay("pick", "below names", picks());
  }

  pick(geometries: readonly (Geometry | null)[]): void {
    this.#put("pick", geometries.flatMap((geometry) => (geometry ? [{ type: "Feature", properties: {}, geometry } satisfies MapFeature] : [])));
  }

  drawn(geometry: Geometry | null): void {
    this.#put("drawn", geometry ? [{ type: "Feature", properties: {}, geometry }] : []);
  }

  change(features: Features | null): void {
    this.#put("change", features?.features ?? []);
  }

  findings(features: readonly MapFeature[]): void {
    this.#put("findings", features.filter((feature) => feature.geometry));
  }

  #put(source: string, features: readonly MapFeature[]): void {
    this.#sheet.put(source, features.length ? { type: "FeatureCollection", features: [...features] } : emptyFeatures());
  }
}

function picks(): LayerSpecification[] {
  return [
    { id: "pick fill", type: "fill", source: "pick", filter: isPolygon(), paint: { "fill-color": PICK, "fill-opacity": 0.14 } },
    {
      id: "pick casing",
      type: "line",
      source: "pick",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": "#ffffff", "line-width": 5.5, "line-opacity": 0.9 },
    },
    { id: "pick line", type: "line", source: "pick", layout: { "line-join": "round" }, paint: { "line-color": PICK, "line-width": 2.5 } },
    {
      id: "pick point",
      type: "circle",
      source: "pick",
      filter: isPoint(),
      paint: { "circle-radius": 8, "circle-color": "rgba(11,87,208,0.25)", "circle-stroke-color": PICK, "circle-stroke-width": 2.5 },
    },
  ];
}

function drawn(): LayerSpecification[] {
  return [
    { id: "drawn fill", type: "fill", source: "drawn", filter: isPolygon(), paint: { "fill-color": "#005f73", "fill-opacity": 0.1 } },
    { id: "drawn casing", type: "line", source: "drawn", paint: { "line-color": "#ffffff", "line-width": 4.5 } },
    { id: "drawn line", type: "line", source: "drawn", paint: { "line-color": "#005f73", "line-width": 2, "line-dasharray": [3, 1.5] } },
  ];
}

function changes(): LayerSpecification[] {
  const patterns = { added: null, removed: "hatch", geometry_changed: "dots", attribute_changed: "lines" } as const;
  return Object.entries(patterns).flatMap(([kind, pattern]): LayerSpecification[] => {
    const filter = ["==", ["get", "change"], kind] as ExpressionSpecification;
    const colour = CHANGE_COLOURS[kind] as string;
    const fill: LayerSpecification = { id: `change ${kind} fill`, type: "fill", source: "change", filter, paint: { "fill-color": colour, "fill-opacity": 0.35 } };
    const line: LayerSpecification = {
      id: `change ${kind} line`,
      type: "line",
      source: "change",
      filter,
      paint: { "line-color": colour, "line-width": 1.8, ...(kind === "removed" ? { "line-dasharray": [3, 2] } : {}) },
    };
    if (!pattern) return [fill, line];
    return [fill, { id: `change ${kind} pattern`, type: "fill", source: "change", filter, paint: { "fill-pattern": patternImage(pattern, colour) } }, line];
  });
}

function findings(): LayerSpecification[] {
  const colour = ["match", ["get", "severity"], ...Object.entries(SEVERITY_COLOURS).flat(), "#5b6b7a"] as unknown as ExpressionSpecification;
  return [
    { id: "findings fill", type: "fill", source: "findings", filter: isPolygon(), paint: { "fill-color": colour, "fill-opacity": 0.22 } },
    {
      id: "findings line",
      type: "line",
      source: "findings",
      filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": colour, "line-width": 2 },
    },
    {
      id: "findings point",
      type: "circle",
      source: "findings",
      filter: isPoint(),
      paint: { "circle-color": colour, "circle-radius": 6, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.6 },
    },
  ];
}

function isPolygon(): ExpressionSpecification {
  return ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
}

function isPoint(): ExpressionSpecification {
  return ["match", ["geometry-type"], ["Point", "MultiPoint"], true, false];
}
