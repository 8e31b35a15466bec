/** One map sheet: MapLibre behind a small door that speaks of layers, picks and overlays. */
import { Map as MapLibre, prewarm, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, LayerSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Bounds, City, Features, Language, Layer } from "./types";
import type { Camera } from "./state";
import { draw, keyOf, opacities } from "./cartography/layers";
import { drawPattern, type Pattern } from "./cartography/marks";
import { emptyFeatures, ground, unitNames, veilAround, type ORDER } from "./cartography/units";

setWorkerUrl(workerUrl);
// The workers load while the server is asked for the city.
prewarm();

export interface Shown {
  layer: Layer;
  opacity: number;
}

type Anchor = (typeof ORDER)[number];

export class Sheet {
  readonly map: MapLibre;
  ready: Promise<void> = Promise.resolve();
  #shown = new Map<string, Shown>();
  #whole: Bounds | null;

  constructor(container: HTMLElement, camera: Camera | null, bounds: Bounds, follow: boolean) {
    this.#whole = camera ? null : bounds;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = new MapLibre({
      container,
      ...(camera ? { center: [camera.lon, camera.lat] as [number, number], zoom: camera.zoom } : { bounds, fitBoundsOptions: { padding: 24 } }),
      minZoom: 5,
      maxZoom: 20,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      fadeDuration: 0,
      interactive: true,
      keyboard: follow,
      renderWorldCopies: false,
      reduceMotion: still,
      canvasContextAttributes: { antialias: false, preserveDrawingBuffer: false },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
  }

  /** Begin to draw: the ground, then whatever is put on it once it is ready. */
  open(): void {
    this.ready = new Promise((resolve) => this.map.once("style.load", () => resolve()));
    this.map.setStyle(ground());
    this.map.setMissingStyleImageResolver((id) => this.#addPattern(id));
  }

  get camera(): Camera {
    const { lng, lat } = this.map.getCenter();
    return { lon: lng, lat, zoom: this.map.getZoom() };
  }

  get bounds(): Bounds {
    const box = this.map.getBounds();
    return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
  }

  /** Metres on the ground of one pixel at the middle of the map. */
  get metresPerPixel(): number {
    return (Math.cos((this.map.getCenter().lat * Math.PI) / 180) * 40_075_016.686) / (512 * 2 ** this.map.getZoom());
  }

  /** Take the room that there now is; a view that nobody chose shows its bounds in it. */
  settle(): void {
    this.map.resize();
    if (this.#whole) this.map.fitBounds(this.#whole, { padding: 24, duration: 0 });
    this.#whole = null;
  }

  name(label: string): void {
    this.map.getCanvas().setAttribute("aria-label", label);
  }

  ground(city: City, outline: Features | null, language: Language): void {
    this.put("units", outline ?? emptyFeatures());
    this.put("names", unitNames(city, outline, language));
  }

  veil(city: City, outline: Features | null, unitCode: string | null): void {
    const unit = city.units.find((candidate) => candidate.code === unitCode);
    this.put("veil", unit ? veilAround(unit, outline) : emptyFeatures());
  }

  /** Show exactly these layers, first ones lowest. Sources that stay are not loaded again. */
  show(wanted: Shown[]): void {
    const next = new Map(wanted.map((shown) => [keyOf(shown.layer), shown]));
    for (const key of this.#shown.keys()) if (!next.has(key)) this.#remove(key);
    const before = [...this.#shown.keys()].filter((key) => next.has(key));
    const reordered = before.join() !== [...next.keys()].filter((key) => this.#shown.has(key)).join();
    for (const [key, shown] of next) {
      const old = this.#shown.get(key);
      if (!old || reordered || old.layer !== shown.layer) {
        if (old) this.#remove(key);
        this.#add(shown, nextShown([...next.keys()], key, this.map));
      } else if (old.opacity !== shown.opacity) {
        for (const [id, property, value] of opacities(shown.layer, shown.opacity)) this.map.setPaintProperty(id, property as never, value as never);
      }
    }
    this.#shown = next;
  }

  /** Fill a source of features, made at its first use. */
  put(source: string, features: Features): void {
    const known = this.map.getSource<GeoJSONSource>(source);
    if (known) known.setData(features as never);
    else this.map.addSource(source, { type: "geojson", data: features as never });
  }

  /** Layers over a source of features, made once. */
  overlay(source: string, anchor: Anchor, layers: LayerSpecification[]): void {
    if (!this.map.getSource(source)) this.put(source, emptyFeatures());
    for (const layer of layers) if (!this.map.getLayer(layer.id)) this.map.addLayer(layer, anchor);
  }

  fit(bounds: Bounds, maxZoom = 17): void {
    this.map.fitBounds(bounds, { padding: 48, maxZoom, duration: 500 });
  }

  remove(): void {
    this.map.remove();
  }

  #add(shown: Shown, before: string): void {
    const drawn = draw(shown.layer, shown.opacity);
    for (const [id, source] of Object.entries(drawn.sources)) if (!this.map.getSource(id)) this.map.addSource(id, source);
    for (const layer of drawn.layers) this.map.addLayer(layer, before);
  }

  #remove(key: string): void {
    const drawn = draw((this.#shown.get(key) as Shown).layer, 1);
    for (const layer of drawn.layers) if (this.map.getLayer(layer.id)) this.map.removeLayer(layer.id);
    for (const id of Object.keys(drawn.sources)) if (this.map.getSource(id)) this.map.removeSource(id);
  }

  #addPattern(id: string): void {
    const [kind, pattern, colour] = id.split(" ");
    if (kind !== "pattern" || !pattern || !colour || this.map.hasImage(id)) return;
    const scale = Math.max(1, Math.round(devicePixelRatio));
    this.map.addImage(id, drawPattern(pattern as Pattern, colour, scale), { pixelRatio: scale });
  }
}

/** The lowest map layer of whichever later layer is already drawn, to be put below it. */
function nextShown(order: string[], key: string, map: MapLibre): string {
  const ids = map.getLayersOrder();
  for (const later of order.slice(order.indexOf(key) + 1)) {
    const lowest = ids.find((id) => id.startsWith(`${later} `));
    if (lowest) return lowest;
  }
  return "below themes";
}
