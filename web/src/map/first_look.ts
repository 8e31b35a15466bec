/**
 * The whole city within a blink: overviews, borders and names on a plain canvas, over the map until the map itself is drawn.
 * A machine without a graphics card takes seconds for its first frames; people see where they are meanwhile.
 */
import type { Geometry } from "geojson";
import { INK, PAPER, unitNames } from "./cartography/units";
import { overviewStrength } from "./cartography/layers";
import { MAP_FONT } from "./fonts";
import type { Sheet, Shown } from "./sheet";
import type { City, Features, Language } from "./types";

interface Picture {
  image: HTMLImageElement;
  tile: [z: number, x: number, y: number];
  strength: number;
}

export class FirstLook {
  readonly #canvas = document.createElement("canvas");
  readonly #sheet: Sheet;
  readonly #city: City;
  readonly #outline: Features | null;
  readonly #language: Language;
  readonly #images = new Map<string, Promise<HTMLImageElement | null>>();

  constructor(sheet: Sheet, city: City, outline: Features | null, language: Language) {
    this.#sheet = sheet;
    this.#city = city;
    this.#outline = outline;
    this.#language = language;
    this.#canvas.className = "map-first-look";
    this.#canvas.setAttribute("aria-hidden", "true");
    // What is not shown is not waited for: without a graphics card each frame of the map holds the page for long.
    sheet.map.getContainer().classList.add("is-coming");
  }

  /** Send for its pictures, while the map is still being set up. */
  send(shown: Shown[]): void {
    for (const each of shown) this.#picturesOf(each);
  }

  /** Draw it once its pictures are there; done when it has been shown. */
  async show(shown: Shown[]): Promise<void> {
    const pictures = await Promise.all(shown.flatMap((each) => this.#picturesOf(each)));
    if (!this.#isAwaited) return;
    this.#draw(pictures.filter((picture) => picture !== null));
    this.#sheet.map.getContainer().append(this.#canvas);
    // Two frames: the first is asked for, the second comes when it has been shown.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }

  remove(): void {
    this.#sheet.map.getContainer().classList.remove("is-coming");
    this.#canvas.remove();
  }

  /** Whether the map itself is still to come. */
  get #isAwaited(): boolean {
    return this.#sheet.map.getContainer().classList.contains("is-coming");
  }

  #draw(pictures: Picture[]): void {
    const { clientWidth: width, clientHeight: height } = this.#sheet.map.getContainer();
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    const pen = this.#canvas.getContext("2d");
    if (!pen) return;
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.fillStyle = PAPER.around;
    pen.fillRect(0, 0, width, height);
    const borders = pathOf(this.#sheet, this.#outline);
    pen.fillStyle = PAPER.land;
    pen.fill(borders);
    for (const { image, tile, strength } of pictures) {
      const [z, x, y] = tile;
      const from = this.#sheet.map.project(cornerOf(z, x, y));
      const to = this.#sheet.map.project(cornerOf(z, x + 1, y + 1));
      pen.globalAlpha = strength;
      pen.drawImage(image, from.x, from.y, to.x - from.x, to.y - from.y);
    }
    pen.globalAlpha = 1;
    pen.lineJoin = "round";
    pen.strokeStyle = INK.border;
    pen.stroke(borders);
    this.#write(pen);
  }

  /** The overview tiles of a layer that the view needs, each null where it cannot be had. */
  #picturesOf({ layer, opacity }: Shown): Promise<Picture | null>[] {
    const zoom = this.#sheet.map.getZoom();
    const strength = overviewStrength(layer, opacity, zoom);
    if (!layer.overview || layer.overview_maxzoom === null || !layer.bounds || strength === 0) return [];
    const z = Math.min(Math.round(zoom), layer.overview_maxzoom);
    const view = this.#sheet.bounds;
    const [west, south, east, north] = layer.bounds;
    const first = tileAt(z, Math.max(west, view[0]), Math.min(north, view[3]));
    const last = tileAt(z, Math.min(east, view[2]), Math.max(south, view[1]));
    const pictures: Promise<Picture | null>[] = [];
    for (let x = first[0]; x <= last[0]; x += 1) {
      for (let y = first[1]; y <= last[1]; y += 1) {
        const address = layer.overview.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
        pictures.push(this.#image(address).then((image) => image && { image, strength, tile: [z, x, y] }));
      }
    }
    return pictures;
  }

  /** A picture that was sent for is not sent for again. */
  #image(address: string): Promise<HTMLImageElement | null> {
    const known = this.#images.get(address) ?? load(address);
    this.#images.set(address, known);
    return known;
  }

  #write(pen: CanvasRenderingContext2D): void {
    pen.font = `13px "${MAP_FONT}", sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 4;
    pen.strokeStyle = INK.halo;
    pen.fillStyle = INK.name;
    for (const { geometry, properties } of unitNames(this.#city, this.#outline, this.#language).features) {
      if (geometry?.type !== "Point") continue;
      const name = String(properties?.["name"]);
      const { x, y } = this.#sheet.map.project(geometry.coordinates as [number, number]);
      pen.strokeText(name, x, y);
      pen.fillText(name, x, y);
    }
  }
}

async function load(address: string): Promise<HTMLImageElement | null> {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    // An empty tile, or one that may not be seen: the map itself says what there is to say.
    return null;
  }
}

function tileAt(z: number, longitude: number, latitude: number): [number, number] {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const across = (longitude + 180) / 360;
  const down = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [Math.floor(across * 2 ** z), Math.floor(down * 2 ** z)];
}

function cornerOf(z: number, x: number, y: number): [number, number] {
  const down = Math.PI * (1 - (2 * y) / 2 ** z);
  return [(x / 2 ** z) * 360 - 180, (Math.atan(Math.sinh(down)) * 180) / Math.PI];
}

function pathOf(sheet: Sheet, outline: Features | null): Path2D {
  const path = new Path2D();
  for (const feature of outline?.features ?? []) {
    for (const ring of ringsOf(feature.geometry)) {
      ring.forEach((place, index) => {
        const { x, y } = sheet.map.project(place as [number, number]);
        if (index) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      path.closePath();
    }
  }
  return path;
}

function ringsOf(geometry: Geometry | null): number[][][] {
  if (geometry?.type === "Polygon") return geometry.coordinates;
  return geometry?.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}
