/** What the map shows, as one value that fits into an address and comes back out of it unchanged. */
import type { Bounds } from "./types";

export interface Camera {
  lon: number;
  lat: number;
  zoom: number;
}

export interface Side {
  layer: string;
  version: string;
}

export type CompareMode = "off" | "swipe" | "beside";

export interface Compare {
  mode: CompareMode;
  left: Side | null;
  right: Side | null;
  /** Where the curtain hangs, in per cent of the width. */
  position: number;
}

export interface Pick {
  layer: string;
  version: string;
  id: string;
}

export interface View {
  camera: Camera | null;
  date: string | null;
  /** Visible layers with their opacity, 0 to 1; null until the catalogue has chosen the first ones. */
  layers: Record<string, number> | null;
  unit: string | null;
  pick: Pick | null;
  compare: Compare;
  tool: string | null;
}

export type Part = keyof View;

export const FIRST_VIEW: View = {
  camera: null,
  date: null,
  layers: null,
  unit: null,
  pick: null,
  compare: { mode: "off", left: null, right: null, position: 50 },
  tool: null,
};

/** Holds the view; whoever listens is told which parts changed. */
export class Store {
  #view: View;
  readonly #listeners = new Set<(changed: ReadonlySet<Part>) => void>();

  constructor(view: View) {
    this.#view = view;
  }

  get view(): Readonly<View> {
    return this.#view;
  }

  set(change: Partial<View>): void {
    const before = this.#view;
    this.#view = { ...before, ...change };
    const changed = new Set((Object.keys(change) as Part[]).filter((part) => before[part] !== this.#view[part]));
    if (changed.size) for (const listener of this.#listeners) listener(changed);
  }

  listen(listener: (changed: ReadonlySet<Part>) => void): void {
    this.#listeners.add(listener);
  }
}

const NAMES = ["at", "date", "on", "unit", "pick", "compare", "tool"] as const;

/** Read a view out of the query string of an address. */
export function readView(search: string): View {
  const given = new URLSearchParams(search);
  const view: View = { ...FIRST_VIEW };
  const [zoom, lat, lon] = (given.get("at") ?? "").split("/").map(Number);
  if (isNumber(zoom) && isNumber(lat) && isNumber(lon) && given.get("at")) view.camera = { zoom, lat, lon };
  const date = given.get("date");
  if (date && /^\d{4}-\d{2}-\d{2}$/.test(date)) view.date = date;
  const on = given.get("on");
  if (on !== null) view.layers = Object.fromEntries(on.split(",").filter(Boolean).map(readLayer));
  view.unit = given.get("unit");
  const [layer, version, id] = (given.get("pick") ?? "").split("~");
  if (layer && version && id) view.pick = { layer, version, id };
  view.compare = readCompare(given.get("compare"));
  view.tool = given.get("tool");
  return view;
}

/** Write a view into a query string, leaving what others keep there. */
export function writeView(view: Readonly<View>, search: string): string {
  const given = new URLSearchParams(search);
  for (const name of NAMES) given.delete(name);
  if (view.camera) given.set("at", [view.camera.zoom.toFixed(2), view.camera.lat.toFixed(5), view.camera.lon.toFixed(5)].join("/"));
  if (view.date) given.set("date", view.date);
  if (view.layers) given.set("on", Object.entries(view.layers).map(([name, opacity]) => (opacity === 1 ? name : `${name}*${opacity}`)).join(","));
  if (view.unit) given.set("unit", view.unit);
  if (view.pick) given.set("pick", [view.pick.layer, view.pick.version, view.pick.id].join("~"));
  if (view.compare.mode !== "off") given.set("compare", writeCompare(view.compare));
  if (view.tool) given.set("tool", view.tool);
  // Slash, star and comma are allowed in a query and read better than their codes.
  return `?${given.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%2A", "*")}`;
}

function readLayer(text: string): [string, number] {
  const [name = "", opacity = "1"] = text.split("*");
  const read = Number(opacity);
  return [name, isNumber(read) ? Math.min(1, Math.max(0, read)) : 1];
}

function readCompare(text: string | null): Compare {
  const [mode, left, right, position] = (text ?? "").split("~");
  if (mode !== "swipe" && mode !== "beside") return FIRST_VIEW.compare;
  const hangs = Number(position);
  return { mode, left: readSide(left), right: readSide(right), position: isNumber(hangs) ? hangs : 50 };
}

function writeCompare(compare: Compare): string {
  const side = (given: Side | null): string => (given ? `${given.layer}@${given.version}` : "");
  return [compare.mode, side(compare.left), side(compare.right), Math.round(compare.position)].join("~");
}

function readSide(text: string | undefined): Side | null {
  const [layer, version] = (text ?? "").split("@");
  return layer && version ? { layer, version } : null;
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

/** Box as the server takes it. */
export function boundsText(bounds: Bounds): string {
  return bounds.map((value) => value.toFixed(6)).join(",");
}
