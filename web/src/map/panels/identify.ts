/** What lies at a place: every hit of the visible layers with its attributes. */
import type { Desk } from "../desk";
import { fill, h, icon } from "../dom";
import { boundsOf, wasReplaced } from "../api";
import type { Hit, Layer } from "../types";
import { visibleLayers } from "../desk";

/** Layers of a submission are drawn live and answer by the door of their submission. */
const isDraft = (layer: Layer): boolean => layer.tiles.startsWith("/tiles/submissions/");
const TOLERANCE_PIXELS = 6;
const TOLERANCE_AT_MOST_M = 1000;

export class IdentifyCard {
  readonly element: HTMLElement;
  readonly #desk: Desk;
  #asked: AbortController | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.element = h("section", { class: "map-card", "aria-label": desk.speech.say("identify"), hidden: true });
  }

  /** What lies at a place on a day; `only` names the one layer to ask where the others may not have been in force then. */
  async ask(at: [number, number], asOf: string | null, only: string | null = null): Promise<void> {
    const { speech, api, sheet } = this.#desk;
    const asked = visibleLayers(this.#desk).filter((layer) => !only || layer.name === only);
    const drafts = asked.filter(isDraft);
    const layers = asked.filter((layer) => !isDraft(layer)).map((layer) => layer.name);
    if (!asked.length) {
      this.#show([h("p", { class: "map-hint" }, speech.say("identify_no_layers"))]);
      this.#desk.announce(speech.say("identify_no_layers"));
      return;
    }
    this.#asked?.abort();
    this.#asked = new AbortController();
    try {
      const tolerance = Math.min(sheet.metresPerPixel * TOLERANCE_PIXELS, TOLERANCE_AT_MOST_M);
      const { signal } = this.#asked;
      const [draft] = drafts;
      const answers = await Promise.all([
        draft ? api.identifyDraft(at, drafts.map((layer) => layer.name), draft.tiles, tolerance, signal) : [],
        layers.length ? api.identify(at, layers, asOf, tolerance, signal) : [],
      ]);
      this.show(answers.flat());
    } catch (error) {
      if (!wasReplaced(error)) this.#desk.fail(error, () => void this.ask(at, asOf, only));
    }
  }

  show(hits: Hit[]): void {
    const { speech, announce } = { speech: this.#desk.speech, announce: (text: string) => this.#desk.announce(text) };
    const [first] = hits;
    if (!first) {
      this.#desk.overlays.pick([]);
      this.#desk.store.set({ pick: null });
      this.#show([h("p", { class: "map-hint" }, speech.say("identify_none"))]);
      announce(speech.say("identify_none"));
      return;
    }
    this.#show(hits.map((hit, index) => this.#hit(hit, index === 0)));
    this.#pick(first);
    const said = `${speech.text(first.title)} ${first.id}`;
    announce(`${speech.say("identify_count", { count: hits.length })}: ${said}`);
  }

  /** Make room for something else; what was picked stays marked. */
  hide(): void {
    this.element.hidden = true;
  }

  close(): void {
    this.hide();
    this.#desk.overlays.pick([]);
    this.#desk.store.set({ pick: null });
    this.#desk.sheet.map.getCanvas().focus();
  }

  #show(content: HTMLElement[]): void {
    const { speech } = this.#desk;
    const title = speech.say("identify");
    fill(
      this.element,
      h(
        "header",
        {},
        h("h2", {}, title),
        h("button", { type: "button", class: "map-square", "aria-label": speech.say("close_panel", { title }), onclick: () => this.close() }, icon("close")),
      ),
      h("div", { class: "map-card-body", tabindex: "0", role: "group", "aria-label": title }, content),
    );
    this.element.hidden = false;
  }

  #hit(hit: Hit, first: boolean): HTMLElement {
    const { speech } = this.#desk;
    const unit = this.#desk.city.units.find((known) => known.code === hit.unit);
    const summary = h("summary", {}, h("span", {}, speech.text(hit.title)), unit ? h("span", { class: "map-count" }, speech.text(unit.name)) : null);
    const rows = hit.attributes.map((attribute) => h("tr", {}, h("th", { scope: "row" }, speech.text(attribute.label) || attribute.name), h("td", {}, speech.value(attribute.value, attribute.unit, attribute.name))));
    if (hit.ellipsoidal_area_m2 !== null) rows.push(h("tr", {}, h("th", { scope: "row" }, speech.say("area")), h("td", {}, speech.area(hit.ellipsoidal_area_m2))));
    rows.push(h("tr", {}, h("th", { scope: "row" }, speech.say("version")), h("td", {}, h("code", {}, hit.version.slice(0, 12)))));
    const box = hit.geometry ? boundsOf([hit]) : null;
    const show = h(
      "button",
      {
        type: "button",
        class: "map-quiet",
        onclick: () => {
          this.#pick(hit);
          if (box) this.#desk.sheet.fit(box);
        },
      },
      speech.say("show_on_map"),
    );
    return h("details", { class: "map-hit", open: first, name: "map-hits", ontoggle: (event: Event) => (event.target as HTMLDetailsElement).open && this.#pick(hit) }, summary, h("table", {}, h("tbody", {}, rows)), show);
  }

  #pick(hit: Hit): void {
    this.#desk.overlays.pick([hit.geometry]);
    this.#desk.store.set({ pick: { layer: hit.layer, version: hit.version, id: hit.id } });
    this.#desk.element.dispatchEvent(new CustomEvent("lt-map:select", { bubbles: true, detail: { kind: "feature", layer: hit.layer, version: hit.version, id: hit.id, attributes: hit.attributes } }));
  }
}
