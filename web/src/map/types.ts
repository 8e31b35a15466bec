/** Shapes of the map's JSON, as the server speaks it. Coordinates are longitude, latitude in degrees (CRS84). */
import type { Feature, FeatureCollection, Geometry } from "geojson";

export type Language = "en" | "zh";

export interface Words {
  en: string;
  zh: string;
}

/** West, south, east, north. */
export type Bounds = [number, number, number, number];

export interface Unit {
  code: string;
  name: Words;
  bounds: Bounds;
}

export interface City {
  code: string;
  name: Words;
  bounds: Bounds;
  crs: string;
  invented: boolean;
  today: string;
  units: Unit[];
  outline: string | null;
}

export interface LegendItem {
  value: string | number | null;
  label: Words;
  fill: string;
  line: string;
  pattern: string | null;
}

export interface VersionLabel {
  version: string;
  valid_from: string | null;
  valid_until: string | null;
  label?: Words | string | null;
}

export interface Field {
  name: string;
  label: Words;
  kind: "text" | "integer" | "real" | "date" | string;
  unit: string | null;
}

export interface Layer {
  name: string;
  title: Words;
  geometry_type: "polygon" | "line" | "point";
  visibility: "public" | "internal";
  generalised: boolean;
  /** Code of the unit whose copy this is; none where it is of the whole city. */
  unit?: string | null;
  version: string;
  valid_from: string | null;
  valid_until: string | null;
  features: number;
  bounds: Bounds | null;
  tiles: string;
  source_layer: string;
  minzoom: number;
  maxzoom: number;
  overview: string | null;
  overview_maxzoom: number | null;
  legend: LegendItem[];
  legend_field: string | null;
  label_field?: string | null;
  versions: VersionLabel[];
  fields: Field[];
  /** Whether a layer that comes from elsewhere is drawn at once; it is where nothing is said. */
  shown?: boolean;
}

export interface Family {
  code: string;
  title: Words;
  layers: Layer[];
}

export interface Catalogue {
  families: Family[];
}

export interface AttributeValue {
  name: string;
  label: Words;
  value: string | number | boolean | null;
  unit: string | null;
}

export interface Hit {
  layer: string;
  title: Words;
  version: string;
  unit: string | null;
  id: string;
  attributes: AttributeValue[];
  geometry: Geometry | null;
  ellipsoidal_area_m2: number | null;
}

export type MapFeature = Feature<Geometry | null, Record<string, unknown> | null>;
export type Features = FeatureCollection<Geometry | null, Record<string, unknown> | null>;

export interface Condition {
  field: string;
  op: string;
  value: string | number;
}

export interface Question {
  layer: string;
  version?: string;
  as_of?: string;
  where?: Condition[];
  polygon?: Geometry;
  unit?: string;
  limit?: number;
  offset?: number;
  group_by?: string;
}

export interface Answer {
  matched: number;
  returned: number;
  features: MapFeature[];
}

export interface StatisticsRow {
  key: string | null;
  label: Words | string | null;
  features: number;
  ellipsoidal_area_m2: number | null;
  planar_area_m2: number | null;
  share: number | null;
}

export interface Statistics {
  rows: StatisticsRow[];
  total: { features: number; ellipsoidal_area_m2: number | null; planar_area_m2: number | null };
  layer: string;
  version: string;
  definition: Words;
}

export interface Difference {
  summary: Record<string, number | string>;
  features: Features;
  left_off?: number;
}

export interface Place {
  kind: string;
  title: Words;
  bounds: Bounds;
  layer: string | null;
  id: string | null;
}

export interface ReadPolygon {
  geometry: Geometry;
  diagnosis: { message: Words; remedy: Words | null }[];
}

export interface PlateRequest {
  title: string;
  bounds: Bounds;
  layers: { name: string; version: string }[];
  language: Language;
  format: "pdf" | "png";
  paper: "a4" | "a3";
  orientation: "portrait" | "landscape";
  as_of?: string;
}
