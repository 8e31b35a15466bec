/** The only door to the server. Every failure becomes a `Problem` that says what happened and the way out. */
import type {
  Answer,
  Bounds,
  Catalogue,
  City,
  Difference,
  Features,
  Hit,
  Language,
  MapFeature,
  Place,
  PlateRequest,
  Question,
  ReadPolygon,
  Statistics,
  Words,
} from "./types";
import type { Geometry } from "geojson";

/** What went wrong, in words for the person in front of the screen. */
export class Problem extends Error {
  readonly status: number;
  readonly remedy: string;

  constructor(status: number, message: string, remedy: string) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.remedy = remedy;
  }
}

const UNREACHABLE: Words = { en: "The server did not answer.", zh: "服务器没有响应。" };
export const UNREACHABLE_REMEDY: Words = { en: "Check the connection and try again.", zh: "请检查网络连接后重试。" };
export const REFUSED: Words = { en: "The server could not do that (status {status}).", zh: "服务器无法完成该请求（状态码{status}）。" };
export const REFUSED_REMEDY: Words = {
  en: "Try again; if it stays so, tell the administrator the time and this number.",
  zh: "请重试；如仍不成功，请将时间和该状态码告知管理员。",
};

export class Api {
  language: Language;

  /** Layers as residents see them, whoever asks. */
  readonly #asResidents: boolean;

  constructor(language: Language, asResidents = false) {
    this.language = language;
    this.#asResidents = asResidents;
  }

  get #public(): string | null {
    return this.#asResidents ? "true" : null;
  }

  city(): Promise<City> {
    return this.#preloaded(`/api/v1/city${query({ public: this.#public })}`);
  }

  /** Outlines of the units, from the address that the city tells. */
  outline(url: string): Promise<Features> {
    return this.#preloaded(url);
  }

  layers(asOf: string | null, signal?: AbortSignal): Promise<Catalogue> {
    return this.#preloaded(`/api/v1/layers${query({ as_of: asOf, public: this.#public })}`, signal);
  }

  geojson(url: string, signal?: AbortSignal): Promise<Features> {
    return this.#read(url, signal);
  }

  async identify(at: [number, number], layers: string[], asOf: string | null, toleranceM: number, signal?: AbortSignal): Promise<Hit[]> {
    const asked = query({ lon: at[0], lat: at[1], layers: layers.join(","), as_of: asOf, tolerance_m: toleranceM });
    return (await this.#read<{ hits: Hit[] }>(`/api/v1/identify${asked}`, signal)).hits;
  }

  /** The same of the layers of a submission, which are not published; `tiles` is the address of one of them, and tells the round. */
  async identifyDraft(at: [number, number], layers: string[], tiles: string, toleranceM: number, signal?: AbortSignal): Promise<Hit[]> {
    const [submission, round] = tiles.split("/").slice(3);
    const asked = query({ lon: at[0], lat: at[1], layers: layers.join(","), tolerance_m: toleranceM, round });
    return (await this.#read<{ hits: Hit[] }>(`/api/v1/submissions/${encodeURIComponent(submission ?? "")}/identify${asked}`, signal)).hits;
  }

  features(layer: string, version: string, ids: string[]): Promise<Features> {
    return this.#read(`/api/v1/layers/${encodeURIComponent(layer)}/${encodeURIComponent(version)}/features${query({ ids: ids.join(","), limit: ids.length })}`);
  }

  query(question: Question): Promise<Answer> {
    return this.#post("/api/v1/query", question);
  }

  statistics(question: Question): Promise<Statistics> {
    return this.#post("/api/v1/statistics", question);
  }

  difference(layer: string, from: string, to: string, unit: string | null): Promise<Difference> {
    return this.#read(`/api/v1/layers/${encodeURIComponent(layer)}/difference${query({ from, to, unit })}`);
  }

  async search(q: string, signal: AbortSignal): Promise<Place[]> {
    return (await this.#read<{ places: Place[] }>(`/api/v1/search${query({ q, public: this.#public })}`, signal)).places;
  }

  async polygon(file: File): Promise<ReadPolygon> {
    const form = new FormData();
    form.set("file", file);
    return asPolygon(await this.#send<unknown>("/api/v1/polygons", { method: "POST", body: form }));
  }

  async plate(request: PlateRequest): Promise<Blob> {
    const response = await this.#fetch("/api/v1/plates", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
    });
    return response.blob();
  }

  #read<T>(url: string, signal?: AbortSignal): Promise<T> {
    return this.#send(url, signal ? { signal } : {});
  }

  /** Both languages are in the answer; a browser gives what the page preloaded only to a request with no header of its own. */
  async #preloaded<T>(url: string, signal?: AbortSignal): Promise<T> {
    return (await (await this.#asked(url, signal ? { signal } : {})).json()) as T;
  }

  #post<T>(url: string, body: unknown): Promise<T> {
    return this.#send(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  async #send<T>(url: string, init: RequestInit): Promise<T> {
    return (await (await this.#fetch(url, init)).json()) as T;
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("Accept-Language", this.language);
    return this.#asked(url, { ...init, headers });
  }

  async #asked(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(url, { ...init, credentials: "same-origin" });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Problem(0, UNREACHABLE[this.language], UNREACHABLE_REMEDY[this.language]);
    }
    if (!response.ok) throw await this.#problem(response);
    return response;
  }

  async #problem(response: Response): Promise<Problem> {
    const told: unknown = await response.json().catch(() => null);
    const record = isRecord(told) ? told : {};
    const message = this.#told(record["message"]) ?? this.#told(record["title"]) ?? REFUSED[this.language].replace("{status}", String(response.status));
    const remedy = this.#told(record["remedy"]) ?? this.#told(record["detail"]) ?? REFUSED_REMEDY[this.language];
    return new Problem(response.status, message, remedy);
  }

  #told(value: unknown): string | null {
    if (typeof value === "string" && value) return value;
    if (isRecord(value) && typeof value[this.language] === "string") return value[this.language] as string;
    return null;
  }
}

/** True for the end of a request that a newer one replaced: nothing to tell anybody. */
export function wasReplaced(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Box around the coordinates of features; null where none has a place. */
export function boundsOf(features: readonly { geometry: Geometry | null }[]): Bounds | null {
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number") {
      const [x, y] = value as [number, number];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
      return;
    }
    value.forEach(visit);
  };
  for (const { geometry } of features) {
    if (!geometry) continue;
    if (geometry.type === "GeometryCollection") geometry.geometries.forEach((part) => visit("coordinates" in part ? part.coordinates : []));
    else visit(geometry.coordinates);
  }
  return Number.isFinite(box[0]) ? box : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function query(values: Record<string, string | number | null | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined && value !== "") given.set(name, String(value));
  const text = given.toString();
  return text ? `?${text}` : "";
}

function asPolygon(told: unknown): ReadPolygon {
  const record = isRecord(told) ? told : {};
  const diagnosis = Array.isArray(record["diagnosis"]) ? (record["diagnosis"] as unknown[]).filter(isNote) : [];
  return { geometry: polygonIn(record), diagnosis };
}

function isNote(value: unknown): value is ReadPolygon["diagnosis"][number] {
  return isRecord(value) && isRecord(value["message"]);
}

/** One polygon or multipolygon out of any GeoJSON. */
export function polygonIn(drawn: Record<string, unknown>): Geometry {
  const parts: number[][][][] = [];
  const visit = (value: unknown): void => {
    if (!isRecord(value)) return;
    if (value["type"] === "Polygon") parts.push(value["coordinates"] as number[][][]);
    else if (value["type"] === "MultiPolygon") parts.push(...(value["coordinates"] as number[][][][]));
    else if (value["type"] === "Feature") visit(value["geometry"]);
    else if (value["type"] === "FeatureCollection") (value["features"] as MapFeature[]).forEach(visit);
  };
  visit(drawn);
  const [only] = parts;
  return only && parts.length === 1 ? { type: "Polygon", coordinates: only } : { type: "MultiPolygon", coordinates: parts };
}
