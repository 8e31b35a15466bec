/** What is drawn over the themes: picks, drawn polygons, differences, findings. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Geometry } from "geojson";
import type { Features, MapFeature } from "./types";
import { boundsOf } from "./api";
import type { Sheet } from "./sheet";
import { emptyFeatures } from "./cartography/units";
import { patternImage } from "./cartography/marks";

const PICK = "#0b57d0";

/** Bluish green, vermilion and blue of Okabe and Ito: told apart by people with any kind of colour blindness. */
export const CHANGE_COLOURS: Readonly<Record<string, string>> = {
  added: "#009e73",
  removed: "#d55e00",
  attribute_changed: "#0072b2",
};

export const SEVERITY_COLOURS: Readonly<Record<string, string>> = {
  mandatory: "#b3261e",
  major: "#b36b00",
  minor: "#4f6bbd",
  notice: "#5b6b7a",
};

/** Where findings are too small to be seen as areas they are dots. */
const DOTS_BELOW_ZOOM = 15;

export class Overlays {
  readonly #sheets = new Set<Sheet>();
  readonly #held = new Map<string, Features>();

  constructor(sheet: Sheet) {
    this.join(sheet);
  }

  /** Draw on this sheet too, from now on and what is drawn already. */
  join(sheet: Sheet): void {
    this.#sheets.add(sheet);
    sheet.overlay("change", "below overlays", changes());
    sheet.overlay("findings", "below overlays", findings());
    sheet.overlay("drawn", "below picks", drawn());
    sheet.overlay("finding dots", "below picks", dots());
    sheet.overlay("pick", "below names", picks());
    for (const [source, features] of this.#held) sheet.put(source, features);
  }

  leave(sheet: Sheet): void {
    this.#sheets.delete(sheet);
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
    this.#put("finding dots", features.flatMap(dotOf));
  }

  #put(source: string, features: readonly MapFeature[]): void {
    const collection: Features = features.length ? { type: "FeatureCollection", features: [...features] } : emptyFeatures();
    this.#held.set(source, collection);
    for (const sheet of this.#sheets) sheet.put(source, collection);
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
  const patterns = { added: null, removed: "hatch", attribute_changed: "lines" } as const;
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

function dotOf(finding: MapFeature): MapFeature[] {
  const box = boundsOf([finding]);
  if (!box || finding.geometry?.type === "Point") return [];
  return [{ ...finding, geometry: { type: "Point", coordinates: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] } }];
}

function severityColour(): ExpressionSpecification {
  return ["match", ["get", "severity"], ...Object.entries(SEVERITY_COLOURS).flat(), "#5b6b7a"] as unknown as ExpressionSpecification;
}

function dots(): LayerSpecification[] {
  return [
    {
      id: "finding dots",
      type: "circle",
      source: "finding dots",
      maxzoom: DOTS_BELOW_ZOOM,
      paint: {
        "circle-color": severityColour(),
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 4, 13, 6],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 1.4,
      },
    },
  ];
}

function findings(): LayerSpecification[] {
  const colour = severityColour();
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
