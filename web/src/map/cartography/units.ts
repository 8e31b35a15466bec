/** The ground of the map: paper, units with their borders, names in two languages. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Geometry } from "geojson";
import type { City, Features, Language, Unit } from "../types";
import { MAP_FONT, fontFaces } from "../fonts";

/** Empty layers that hold the order of drawing: everything is put below one of them. */
export const ORDER = ["below themes", "below overlays", "below picks", "below names"] as const;

export const PAPER = { around: "#eceff0", land: "#fbfaf7" };
export const INK = { border: "#3b4657", name: "#14222b", halo: "rgba(255,255,255,0.92)" };

const EMPTY: Features = { type: "FeatureCollection", features: [] };

export function ground(): StyleSpecification {
  const anchors = ORDER.map((id): LayerSpecification => ({ id, type: "background", layout: { visibility: "none" } }));
  const [themes, overlays, picks, names] = anchors as [LayerSpecification, LayerSpecification, LayerSpecification, LayerSpecification];
  return {
    version: 8,
    "font-faces": fontFaces(),
    sources: {
      units: { type: "geojson", data: EMPTY as never },
      veil: { type: "geojson", data: EMPTY as never },
      names: { type: "geojson", data: EMPTY as never },
    },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": PAPER.around } },
      { id: "units land", type: "fill", source: "units", paint: { "fill-color": PAPER.land, "fill-antialias": false } },
      themes,
      { id: "veil", type: "fill", source: "veil", paint: { "fill-color": PAPER.around, "fill-opacity": 0.82 } },
      {
        id: "units casing",
        type: "line",
        source: "units",
        layout: { "line-join": "round" },
        paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 7, 2.5, 12, 4.5], "line-opacity": 0.7 },
      },
      {
        id: "units line",
        type: "line",
        source: "units",
        layout: { "line-join": "round" },
        paint: {
          "line-color": INK.border,
          "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.8, 12, 1.4, 16, 2],
          "line-dasharray": [5, 1.5, 1, 1.5],
        },
      },
      overlays,
      picks,
      names,
      {
        id: "names",
        type: "symbol",
        source: "names",
        maxzoom: 14,
        layout: {
          "text-field": ["get", "name"],
          "text-font": [MAP_FONT],
          "text-size": ["interpolate", ["linear"], ["zoom"], 7, 12, 12, 17],
          "text-letter-spacing": 0.1,
          "text-max-width": 7,
          "text-allow-overlap": false,
          "text-padding": 4,
        },
        paint: { "text-color": INK.name, "text-halo-color": INK.halo, "text-halo-width": 2, "text-halo-blur": 0.4 },
      },
    ],
  };
}

/** A name for each unit where most of it lies. */
export function unitNames(city: City, outline: Features | null, language: Language): Features {
  return {
    type: "FeatureCollection",
    features: city.units.map((unit) => ({
      type: "Feature",
      properties: { name: unit.name[language], code: unit.code },
      geometry: { type: "Point", coordinates: placeOf(unit, outline) },
    })),
  };
}

/** Everything but the unit, to be dimmed. */
export function veilAround(unit: Unit, outline: Features | null): Features {
  const geometry = geometryOf(unit, outline);
  const rings = geometry?.type === "Polygon" ? [geometry.coordinates[0]] : geometry?.type === "MultiPolygon" ? geometry.coordinates.map((part) => part[0]) : [];
  const world = [
    [-180, -85],
    [180, -85],
    [180, 85],
    [-180, 85],
    [-180, -85],
  ];
  return {
    type: "FeatureCollection",
    features: [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [world, ...rings.filter((ring) => ring !== undefined)] } }],
  };
}

export function emptyFeatures(): Features {
  return EMPTY;
}

function geometryOf(unit: Unit, outline: Features | null): Geometry | null {
  const found = outline?.features.find((feature) => unitCode(feature.properties) === unit.code);
  return found?.geometry ?? null;
}

function unitCode(properties: Record<string, unknown> | null): string {
  return String(properties?.["unit_code"] ?? properties?.["code"] ?? "");
}

function placeOf(unit: Unit, outline: Features | null): [number, number] {
  const geometry = geometryOf(unit, outline);
  const rings = geometry?.type === "Polygon" ? [geometry.coordinates[0]] : geometry?.type === "MultiPolygon" ? geometry.coordinates.map((part) => part[0]) : [];
  const largest = rings.filter((ring) => ring !== undefined).sort((one, other) => Math.abs(spread(other)) - Math.abs(spread(one)))[0];
  if (largest) return innermost(largest as [number, number][]);
  const [west, south, east, north] = unit.bounds;
  return [(west + east) / 2, (south + north) / 2];
}

function spread(ring: number[][]): number {
  let sum = 0;
  ring.forEach(([x = 0, y = 0], index) => {
    const [nextX = 0, nextY = 0] = ring[(index + 1) % ring.length] ?? [];
    sum += x * nextY - nextX * y;
  });
  return sum / 2;
}

/** The middle of the longest chord among thirty-one across the ring: inside it, and with room on both sides. */
function innermost(ring: [number, number][]): [number, number] {
  const heights = ring.map(([, y]) => y);
  const [south, north] = [Math.min(...heights), Math.max(...heights)];
  let best: [number, number] = ring[0] as [number, number];
  let longest = -1;
  for (let step = 1; step < 32; step += 1) {
    const y = south + ((north - south) * step) / 32;
    const crossings = ring
      .flatMap(([x1, y1], index) => {
        const [x2, y2] = ring[(index + 1) % ring.length] as [number, number];
        return y1 > y !== y2 > y ? [x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)] : [];
      })
      .sort((one, other) => one - other);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const [from, to] = [crossings[pair] as number, crossings[pair + 1] as number];
      const centred = 1 - Math.abs(step - 16) / 40;
      if ((to - from) * centred > longest) [longest, best] = [(to - from) * centred, [(from + to) / 2, y]];
    }
  }
  return best;
}
