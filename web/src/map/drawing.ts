/** Drawing a line or a polygon with the mouse, a finger or the keyboard. terra-draw is loaded at the first stroke. */
import type { Geometry } from "geojson";
import type { TerraDraw } from "terra-draw";
import type { Sheet } from "./sheet";

export interface Stroke {
  kind: "polygon" | "linestring";
  done(geometry: Geometry): void;
  change?(geometry: Geometry): void;
  given_up?(): void;
}

const LAST_CLICK_MS = 500;

export class Drawing {
  readonly #sheet: Sheet;
  #pen: TerraDraw | null = null;
  #stroke: Stroke | null = null;
  #ended = -Infinity;

  constructor(sheet: Sheet) {
    this.#sheet = sheet;
    sheet.map.getCanvas().addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** True while something is drawn, and for the click that ended it. */
  get active(): boolean {
    return this.#stroke !== null || performance.now() - this.#ended < LAST_CLICK_MS;
  }

  async start(stroke: Stroke): Promise<void> {
    this.stop();
    this.#stroke = stroke;
    const pen = await this.#loaded();
    if (this.#stroke !== stroke) return;
    pen.start();
    pen.setMode(stroke.kind);
    this.#sheet.map.getCanvas().focus();
  }

  /** Put the pen down; what was not finished is gone. */
  stop(): void {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (this.#pen?.enabled) {
      this.#pen.clear();
      this.#pen.stop();
    }
    stroke?.given_up?.();
  }

  async #loaded(): Promise<TerraDraw> {
    if (this.#pen) return this.#pen;
    const [{ TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode }, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
      import("terra-draw"),
      import("terra-draw-maplibre-gl-adapter"),
    ]);
    const ink = "#005f73";
    const pen = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: this.#sheet.map, coordinatePrecision: 9, prefixId: "pen" }),
      modes: [
        new TerraDrawPolygonMode({ styles: { fillColor: ink, fillOpacity: 0.12, outlineColor: ink, outlineWidth: 2, closingPointColor: ink } }),
        new TerraDrawLineStringMode({ styles: { lineStringColor: ink, lineStringWidth: 2, closingPointColor: ink } }),
      ],
    });
    pen.on("finish", (id) => {
      const geometry = pen.getSnapshotFeature(id)?.geometry as Geometry | undefined;
      const stroke = this.#stroke;
      this.#stroke = null;
      this.#ended = performance.now();
      // terra-draw still holds the feature in this turn.
      setTimeout(() => {
        if (!this.#stroke && pen.enabled) {
          pen.clear();
          pen.stop();
        }
        if (geometry && stroke) stroke.done(geometry);
      });
    });
    pen.on("change", (ids) => {
      for (const id of ids) {
        const feature = pen.getSnapshotFeature(id);
        if (feature && feature.geometry.type !== "Point") this.#stroke?.change?.(feature.geometry as Geometry);
      }
    });
    this.#pen = pen;
    return pen;
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#stroke) return;
    if (event.key === "Escape") this.stop();
    else if (event.key === " ") this.#touchMiddle();
    else return;
    event.preventDefault();
  }

  /** A corner at the crosshair: the pen takes it as a click there. */
  #touchMiddle(): void {
    const canvas = this.#sheet.map.getCanvas();
    const box = canvas.getBoundingClientRect();
    const place = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, isPrimary: true, button: 0, pointerId: 1 };
    canvas.dispatchEvent(new PointerEvent("pointermove", place));
    canvas.dispatchEvent(new PointerEvent("pointerdown", { ...place, buttons: 1 }));
    canvas.dispatchEvent(new PointerEvent("pointerup", place));
  }
}
