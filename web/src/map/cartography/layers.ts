/** From a layer of the catalogue to sources and layers of the map's style. */
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { Layer, LegendItem } from "../types";
import { isPattern, markOf, patternImage } from "./marks";
import { MAP_FONT } from "../fonts";

/** Below a layer in the drawing: fills of land first, control lines above them, points last. */
export function rankOf(layer: Layer): number {
  if (layer.geometry_type === "point") return 3;
  if (layer.geometry_type === "line") return 2;
  return markOf(layer) ? 1 : 0;
}

export interface Drawn {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

/** One id for one version of one layer. */
export function keyOf(layer: Pick<Layer, "name" | "version">): string {
  return `${layer.name}@${layer.version}`;
}

/** Everything that draws a layer, at an opacity. */
export function draw(layer: Layer, opacity: number): Drawn {
  const key = keyOf(layer);
  const sources: Drawn["sources"] = { [key]: vectorSource(layer) };
  const drawn: LayerSpecification[] = [];
  if (layer.overview && layer.overview_maxzoom !== null) {
    sources[`${key} overview`] = {
      type: "raster",
      tiles: [absolute(layer.overview)],
      tileSize: 512,
      maxzoom: layer.overview_maxzoom,
      ...boundsOf(layer),
    };
    drawn.push({
      id: `${key} overview`,
      type: "raster",
      source: `${key} overview`,
      maxzoom: layer.minzoom + CROSSFADE_ZOOMS,
      paint: { "raster-opacity": overviewOpacity(layer, opacity), "raster-fade-duration": 0, "raster-resampling": "linear" },
    });
  }
  const base = { source: key, "source-layer": layer.source_layer };
  if (layer.geometry_type === "polygon") drawn.push(...polygons(layer, key, base, opacity));
  else if (layer.geometry_type === "line") drawn.push(lines(layer, key, base, opacity));
  else drawn.push(points(layer, key, base, opacity));
  if (layer.label_field) drawn.push(labels(layer.label_field, key, base));
  return { sources, layers: drawn };
}

/** New paint values when only the opacity of a layer moves. */
export function opacities(layer: Layer, opacity: number): [id: string, property: string, value: unknown][] {
  return draw(layer, opacity).layers.flatMap((drawn) =>
    Object.entries(drawn.paint ?? {}).flatMap(([name, value]): [string, string, unknown][] => (name.endsWith("-opacity") ? [[drawn.id, name, value]] : [])),
  );
}

const CROSSFADE_ZOOMS = 0.75;
const MANY_FEATURES = 1000;
/** The standard's colours are made for print; thinned like this they carry labels and lines on a screen. */
export const FILL_STRENGTH = 0.62;
/** Zones within a control line and overviews of control lines let the land below them through. */
export const ZONE_STRENGTH = 0.3;

type Base = { source: string; "source-layer": string };

function polygons(layer: Layer, key: string, base: Base, opacity: number): LayerSpecification[] {
  const mark = markOf(layer);
  if (!mark) {
    const patterned = layer.legend.filter((item) => isPattern(item.pattern));
    return [
      {
        id: `${key} fill`,
        type: "fill",
        ...base,
        paint: { "fill-color": byClass(layer, "fill", "#d9d9d9"), "fill-opacity": fadeIn(layer, opacity * FILL_STRENGTH), "fill-antialias": false },
      },
      ...patterned.map((item, index): LayerSpecification => patternOf(`${key} pattern ${index}`, base, layer, item, opacity)),
      {
        id: `${key} line`,
        type: "line",
        ...base,
        paint: {
          "line-color": byClass(layer, "line", "#7b7b7b"),
          "line-width": ["interpolate", ["linear"], ["zoom"], 11, 0.15, 14, 0.4, 17, 0.9],
          "line-opacity": fadeIn(layer, opacity * 0.8),
        },
      },
    ];
  }
  const drawn: LayerSpecification[] = [];
  if (layer.legend.length > 1) {
    const paint = { "fill-color": byClass(layer, "fill", "#ffffff00"), "fill-opacity": fadeIn(layer, opacity * ZONE_STRENGTH), "fill-antialias": false };
    drawn.push({ id: `${key} zones`, type: "fill", ...base, paint });
  }
  if (mark.pattern) {
    drawn.push(
      {
        id: `${key} tint`,
        type: "fill",
        ...base,
        paint: { "fill-color": mark.colour, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 11, opacity * 0.13, 13, opacity * 0.05], "fill-antialias": false },
      },
      {
        id: `${key} pattern`,
        type: "fill",
        ...base,
        minzoom: 11.5,
        paint: { "fill-pattern": patternImage(mark.pattern, mark.colour), "fill-opacity": fadeIn(layer, opacity * 0.55), "fill-antialias": false },
      },
    );
  }
  // A white casing keeps the line apart from the colours of the land below it.
  drawn.push({
    id: `${key} casing`,
    type: "line",
    ...base,
    layout: { "line-join": "round" },
    paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 11, 0, 14, mark.width + 1.6, 18, mark.width * 1.8 + 2], "line-opacity": fadeIn(layer, opacity * 0.7) },
  });
  drawn.push({
    id: `${key} line`,
    type: "line",
    ...base,
    layout: { "line-join": "round" },
    paint: {
      "line-color": mark.colour,
      "line-width": widths(layer, mark.width),
      "line-opacity": fadeIn(layer, opacity),
      ...(mark.dash.length ? { "line-dasharray": mark.dash } : {}),
    },
  });
  return drawn;
}

function patternOf(id: string, base: Base, layer: Layer, item: LegendItem, opacity: number): LayerSpecification {
  return {
    id,
    type: "fill",
    ...base,
    filter: ["==", ["to-string", ["get", layer.legend_field ?? ""]], String(item.value)],
    paint: {
      "fill-pattern": patternImage(isPattern(item.pattern) ? item.pattern : "hatch", item.line),
      "fill-opacity": fadeIn(layer, opacity * 0.8),
      "fill-antialias": false,
    },
  };
}

function lines(layer: Layer, key: string, base: Base, opacity: number): LayerSpecification {
  const mark = markOf(layer);
  return {
    id: `${key} line`,
    type: "line",
    ...base,
    layout: { "line-cap": mark?.dash.length ? "butt" : "round", "line-join": "round" },
    paint: {
      "line-color": byClass(layer, "line", "#4a5568"),
      "line-width": widths(layer, mark?.width ?? 1.4),
      "line-opacity": fadeIn(layer, opacity),
      ...(mark?.dash.length ? { "line-dasharray": mark.dash } : {}),
    },
  };
}

function points(layer: Layer, key: string, base: Base, opacity: number): LayerSpecification {
  return {
    id: `${key} point`,
    type: "circle",
    ...base,
    paint: {
      "circle-color": byClass(layer, "fill", "#1f6f8b"),
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 2, 14, 5, 18, 8],
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 1.2,
      "circle-opacity": fadeIn(layer, opacity),
      "circle-stroke-opacity": fadeIn(layer, opacity),
    },
  };
}

function labels(field: string, key: string, base: Base): LayerSpecification {
  return {
    id: `${key} label`,
    type: "symbol",
    ...base,
    minzoom: 15,
    layout: { "text-field": ["to-string", ["get", field]], "text-font": [MAP_FONT], "text-size": 11, "text-max-width": 7, "text-padding": 6 },
    paint: { "text-color": "#33383f", "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  };
}

function vectorSource(layer: Layer): SourceSpecification {
  return { type: "vector", tiles: [absolute(layer.tiles)], minzoom: layer.minzoom, maxzoom: layer.maxzoom, ...boundsOf(layer) };
}

function boundsOf(layer: Layer): { bounds?: [number, number, number, number] } {
  return layer.bounds ? { bounds: layer.bounds } : {};
}

/** The worker resolves addresses against itself, so tiles are given in full; braces stay as they are. */
function absolute(path: string): string {
  return path.startsWith("/") ? `${location.origin}${path}` : path;
}

function byClass(layer: Layer, part: "fill" | "line", fallback: string): ExpressionSpecification | string {
  const [only] = layer.legend;
  const named = layer.legend.filter((item) => item.value !== null);
  if (!layer.legend_field || !named.length) return only ? only[part] : fallback;
  const pairs = new Map(named.map((item) => [String(item.value), item[part]]));
  return ["match", ["to-string", ["get", layer.legend_field]], ...[...pairs].flat(), fallback] as unknown as ExpressionSpecification;
}

/** Vector tiles come in above the overview while it is still there; the overview leaves when they are. */
function fadeIn(layer: Layer, opacity: number): ExpressionSpecification | number {
  if (!layer.overview) return opacity;
  return ["interpolate", ["linear"], ["zoom"], layer.minzoom, opacity * 0.4, layer.minzoom + CROSSFADE_ZOOMS / 2, opacity];
}

function overviewOpacity(layer: Layer, opacity: number): ExpressionSpecification {
  const strength = overviewStrength(layer, opacity, layer.minzoom);
  return ["interpolate", ["linear"], ["zoom"], layer.minzoom + CROSSFADE_ZOOMS / 2, strength, layer.minzoom + CROSSFADE_ZOOMS, 0];
}

/** How strongly the overview of a layer is drawn at a zoom; none where its features stand for themselves. */
export function overviewStrength(layer: Layer, opacity: number, zoom: number): number {
  if (zoom >= layer.minzoom + CROSSFADE_ZOOMS / 2) return 0;
  return opacity * (markOf(layer) ? ZONE_STRENGTH : FILL_STRENGTH);
}

/** Many small areas seen from afar are a tone and no lines; the lines come as there is room for them. */
function widths(layer: Layer, width: number): ExpressionSpecification {
  const afar = layer.features > MANY_FEATURES ? 0 : width * 0.6;
  return ["interpolate", ["linear"], ["zoom"], 9, afar, 12, Math.max(afar, width * 0.5), 14, width, 18, width * 1.8];
}
