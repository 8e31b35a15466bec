/** Two maps that move as one: behind a curtain or side by side. The second exists only while it is looked at. */
import type { Desk } from "./desk";
import { h } from "./dom";
import { Sheet, type Shown } from "./sheet";
import type { Side } from "./state";
import { sinceWhen } from "./versions";
import { keyOf } from "./cartography/layers";

export class Comparison {
  readonly handle: HTMLInputElement;
  readonly #desk: Desk;
  readonly #stage: HTMLElement;
  readonly #place: HTMLElement;
  readonly #captions: [HTMLElement, HTMLElement];
  readonly #shown: () => Shown[];
  readonly #begun: (second: Sheet) => void;
  #second: Sheet | null = null;
  #turn = 0;

  constructor(desk: Desk, stage: HTMLElement, shown: () => Shown[], begun: (second: Sheet) => void) {
    const { speech } = desk;
    this.#desk = desk;
    this.#stage = stage;
    this.#shown = shown;
    this.#begun = begun;
    this.#place = h("div", { class: "map-sheet is-second", hidden: true });
    this.#captions = [h("p", { class: "map-caption is-left", hidden: true }), h("p", { class: "map-caption is-right", hidden: true })];
    this.handle = h("input", { type: "range", class: "map-curtain", min: 0, max: 100, step: 1, hidden: true, "aria-label": speech.say("swipe_handle") });
    this.handle.addEventListener("input", () => {
      const { store } = desk;
      store.set({ compare: { ...store.view.compare, position: Number(this.handle.value) } });
    });
    stage.append(this.#place, ...this.#captions, this.handle);
  }

  get active(): boolean {
    return this.#desk.store.view.compare.mode !== "off";
  }

  /** Bring both maps to what the view asks for. */
  async refresh(): Promise<void> {
    const { compare } = this.#desk.store.view;
    this.#stage.dataset["compare"] = compare.mode;
    this.#stage.style.setProperty("--curtain", `${compare.position}%`);
    this.handle.value = String(compare.position);
    this.handle.hidden = compare.mode !== "swipe";
    for (const caption of this.#captions) caption.hidden = compare.mode === "off";
    this.#turn += 1;
    const turn = this.#turn;
    if (compare.mode === "off") {
      this.#end();
      this.#desk.sheet.map.resize();
      return;
    }
    this.#place.hidden = false;
    this.#desk.sheet.map.resize();
    const second = this.#begin();
    const [left, right] = await Promise.all([this.#sideShown(compare.left), this.#sideShown(compare.right), second.ready]);
    if (turn !== this.#turn) return;
    this.#desk.sheet.show(left);
    second.show(right);
    second.map.resize();
    this.#captions[0].textContent = this.#caption(compare.left, left);
    this.#captions[1].textContent = this.#caption(compare.right, right);
    second.name(this.#desk.speech.say("map_right", { title: this.#captions[1].textContent }));
  }

  veil(): void {
    this.#second?.veil(this.#desk.city, this.#desk.outline, this.#desk.store.view.unit);
  }

  remove(): void {
    this.#end();
    this.#place.remove();
    this.handle.remove();
    for (const caption of this.#captions) caption.remove();
  }

  #begin(): Sheet {
    if (this.#second) return this.#second;
    const { sheet, city, outline, speech, store, overlays } = this.#desk;
    const second = new Sheet(this.#place, sheet.camera, city.bounds, true);
    this.#second = second;
    second.open();
    void second.ready.then(() => {
      second.ground(city, outline, speech.language);
      second.veil(city, outline, store.view.unit);
      overlays.join(second);
    });
    follow(sheet, second);
    this.#begun(second);
    return second;
  }

  #end(): void {
    if (this.#second) this.#desk.overlays.leave(this.#second);
    this.#second?.remove();
    this.#second = null;
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }

  /** What is visible, with the side's own layer in the side's own version, at its usual place. */
  async #sideShown(side: Side | null): Promise<Shown[]> {
    const shown = this.#shown();
    if (!side) return shown;
    const { left, right } = this.#desk.store.view.compare;
    const layer = await this.#desk.layerAt(side.layer, side.version);
    const compared = new Set([left?.layer, right?.layer]);
    const at = shown.findIndex((one) => compared.has(one.layer.name));
    const others = shown.filter((one) => !compared.has(one.layer.name));
    if (!layer) return others;
    const opacity = shown.find((one) => one.layer.name === layer.name)?.opacity ?? 1;
    others.splice(Math.max(0, at), 0, { layer, opacity });
    return others;
  }

  #caption(side: Side | null, shown: Shown[]): string {
    const { speech } = this.#desk;
    const layer = shown.find((one) => side && keyOf(one.layer) === `${side.layer}@${side.version}`)?.layer;
    return layer ? `${speech.text(layer.title)} · ${sinceWhen(speech, { valid_from: layer.valid_from, label: layer.versions.find((known) => known.version === layer.version)?.label ?? null })}` : "";
  }
}

/** Whichever map is moved takes the other along. */
function follow(one: Sheet, other: Sheet): void {
  let leading: Sheet | null = null;
  const lead = (from: Sheet, to: Sheet) => (): void => {
    if (leading === to) return;
    leading = from;
    to.map.jumpTo({ center: from.map.getCenter(), zoom: from.map.getZoom() });
    leading = null;
  };
  const led = lead(one, other);
  one.map.on("move", led);
  other.map.on("move", lead(other, one));
  other.map.on("remove", () => one.map.off("move", led));
}
