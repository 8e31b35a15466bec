/** `<lt-map>`: the map as an element of the page. Its door to the outside is described in web/README.md. */
import { Api, Problem, isRecord } from "./api";
import { h } from "./dom";
import { Notice } from "./notice";
import { Session } from "./session";
import { FIRST_VIEW, Store, readView, writeView } from "./state";
import type { Catalogue, Language, Layer } from "./types";
import { Speech } from "./words";

const ADDRESS_WAIT_MS = 250;

export class LantuMap extends HTMLElement {
  static readonly observedAttributes = ["lang", "findings", "layers-from"];
  #session: Session | null = null;
  #started: Promise<void> | null = null;
  #store: Store | null = null;
  #watch: MutationObserver | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.#watch = new MutationObserver(() => this.#speakAgain());
    this.#watch.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    this.#started = this.#start();
  }

  disconnectedCallback(): void {
    this.#watch?.disconnect();
    this.#session?.remove();
    this.#session = null;
    this.#started = null;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.#session || before === now) return;
    if (name === "lang") this.#speakAgain();
    else if (name === "findings" && now) void this.showFindings(now);
    else if (name === "layers-from" && now) void this.showLayersFrom(now);
  }

  /** Show the findings of a GeoJSON address on the map and in a list. */
  async showFindings(url: string): Promise<void> {
    await this.#started;
    await this.#session?.showFindings(url);
  }

  /** Filter the findings shown; an empty filter shows all. */
  filterFindings(filter: { code?: string; severity?: string; unit?: string }): void {
    this.#session?.filterFindings(filter);
  }

  /** Pick a finding by its key and go there. */
  selectFinding(key: string): void {
    this.#session?.selectFinding(key);
  }

  /** Show the layers of a submission: an address that answers `{"layers": […], "findings": url}`. */
  async showLayersFrom(url: string): Promise<void> {
    await this.#started;
    try {
      const told: unknown = await new Api(this.#language).geojson(url);
      if (!isRecord(told)) return;
      this.#session?.showLayers((told["layers"] as Layer[] | undefined) ?? []);
      if (typeof told["findings"] === "string" && !this.hasAttribute("findings")) await this.#session?.showFindings(told["findings"]);
    } catch (error) {
      this.#tell(error, () => void this.showLayersFrom(url));
    }
  }

  /** Go to a box: west, south, east, north in degrees. */
  fitBounds(bounds: [number, number, number, number]): void {
    this.#session?.sheet.fit(bounds);
  }

  /** Open a tool by its name, or close the panel with null. */
  openTool(name: string | null): void {
    this.#session?.openTool(name);
  }

  get #language(): Language {
    const given = this.getAttribute("lang") ?? document.documentElement.lang;
    return given.toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  async #start(): Promise<void> {
    const speech = new Speech(this.#language);
    const kept = this.hasAttribute("permalink");
    const store = this.#store ?? new Store(kept ? readView(location.search) : { ...FIRST_VIEW });
    this.#store = store;
    if (this.getAttribute("unit") && !store.view.unit) store.set({ unit: this.getAttribute("unit") });
    if (this.getAttribute("tool") && !store.view.tool) store.set({ tool: this.getAttribute("tool") });
    this.dataset["state"] = "loading";
    this.replaceChildren(h("p", { class: "map-loading", role: "status" }, speech.say("loading")));
    const api = new Api(speech.language, this.hasAttribute("public"));
    try {
      const told = api.city();
      const outlined = told.then((known) => (known.outline ? api.outline(known.outline) : null));
      const layers = this.hasAttribute("without-published") ? nothing() : api.layers(store.view.date);
      const [city, outline, catalogue] = await Promise.all([told, outlined, layers]);
      if (!this.isConnected) return;
      const wishes = { publicOnly: this.hasAttribute("public"), tools: this.#tools(), extraLayers: [] };
      this.#session = new Session(this, speech, api, store, wishes, city, outline, catalogue);
      await this.#session.start();
    } catch (error) {
      this.#tell(error, () => (this.#started = this.#start()));
      return;
    }
    if (kept) store.listen(() => this.#address());
    const findings = this.getAttribute("findings");
    const from = this.getAttribute("layers-from");
    if (from) void this.showLayersFrom(from);
    if (findings) void this.#session.showFindings(findings);
  }

  /** The tools named by the page; a map of findings has their panel besides the usual ones. */
  #tools(): string[] {
    const named = (this.getAttribute("tools") ?? "").split(/\s+/).filter(Boolean);
    if (named.length || !(this.hasAttribute("findings") || this.hasAttribute("layers-from"))) return named;
    return ["findings", "layers", "query", "compare", "measure", "plate", "search"];
  }

  #speakAgain(): void {
    this.#session?.build(new Speech(this.#language));
  }

  /** Keep the address of the page in step; the browser limits how often that may be done. */
  #address(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#store) history.replaceState(history.state, "", writeView(this.#store.view, location.search));
    }, ADDRESS_WAIT_MS);
  }

  #tell(error: unknown, again: () => void): void {
    if (!(error instanceof Problem)) throw error;
    const notice = new Notice(() => new Speech(this.#language));
    if (this.#session) this.querySelector(".map-stage")?.append(notice.element);
    else this.replaceChildren(notice.element);
    notice.tell(error, again);
  }
}

function nothing(): Promise<Catalogue> {
  return Promise.resolve({ families: [] });
}
