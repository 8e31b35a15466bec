/** One map at work: the view, the catalogue of a date, the sheets, and the panels that hang on them. */
import { Problem, REFUSED, REFUSED_REMEDY, UNREACHABLE_REMEDY, boundsOf, wasReplaced, type Api } from "./api";
import { Comparison } from "./comparison";
import { allLayers, type Desk, type Panel, type Tool } from "./desk";
import { Drawing } from "./drawing";
import { FirstLook } from "./first_look";
import { frame, scaleBar, zoomButtons, type Frame } from "./frame";
import { canonicalName } from "./cartography/marks";
import { rankOf } from "./cartography/layers";
import { Notice } from "./notice";
import { Overlays } from "./overlays";
import { Findings, findingAt, findingsTool, keyOf, selectFinding } from "./panels/findings";
import { COMPARE } from "./panels/compare";
import { IdentifyCard } from "./panels/identify";
import { LAYERS } from "./panels/layers";
import { MEASURE } from "./panels/measure";
import { PARCEL } from "./panels/parcel";
import { PLATE } from "./panels/plate";
import { QUERY } from "./panels/query";
import { searchBox } from "./panels/search";
import { timeBar } from "./panels/time";
import { showResults } from "./results";
import { shareButton } from "./share";
import { Sheet, type Shown } from "./sheet";
import type { Part, Store, View } from "./state";
import { Toolbar } from "./toolbar";
import type { Catalogue, City, Features, Layer } from "./types";
import { dayWithin } from "./versions";
import { unitFilter } from "./unit_filter";
import { Speech } from "./words";

export interface Wishes {
  /** Only what residents may see. */
  publicOnly: boolean;
  /** Names of tools and parts, the usual ones where empty. */
  tools: string[];
  /** Layers that come from elsewhere, such as those of a submission. */
  extraLayers: Layer[];
}

const USUAL_TOOLS: Tool[] = [LAYERS, QUERY, COMPARE, MEASURE, PLATE];

export class Session {
  readonly findings = new Findings();
  readonly #host: HTMLElement;
  readonly #api: Api;
  readonly #store: Store;
  readonly #wishes: Wishes;
  readonly #city: City;
  readonly #outline: Features | null;
  readonly #frame: Frame;
  readonly #sheet: Sheet;
  readonly #notice: Notice;
  readonly #byDate = new Map<string, Promise<Catalogue>>();
  #speech: Speech;
  #catalogue: Catalogue;
  #extra: Layer[];
  #overlays!: Overlays;
  #drawing!: Drawing;
  #comparison: Comparison | null = null;
  #toolbar: Toolbar | null = null;
  #card: IdentifyCard | null = null;
  #time: Panel | null = null;
  #loading: AbortController | null = null;
  #scale: (() => void) | null = null;

  constructor(host: HTMLElement, speech: Speech, api: Api, store: Store, wishes: Wishes, city: City, outline: Features | null, catalogue: Catalogue) {
    this.#host = host;
    this.#speech = speech;
    this.#api = api;
    this.#store = store;
    this.#wishes = wishes;
    this.#extra = wishes.extraLayers;
    this.#city = city;
    this.#outline = outline;
    this.#catalogue = this.#permitted(catalogue);
    this.#frame = frame(host, speech);
    this.#notice = new Notice(() => this.#speech);
    const unit = city.units.find((known) => known.code === store.view.unit);
    this.#sheet = new Sheet(this.#frame.sheet, store.view.camera, unit?.bounds ?? city.bounds, true);
  }

  get sheet(): Sheet {
    return this.#sheet;
  }

  async start(): Promise<void> {
    this.#store.set(whatMayBeSeen(this.#store.view, this.#catalogue));
    const look = new FirstLook(this.#sheet, this.#city, this.#outline, this.#speech.language);
    if (this.#store.view.compare.mode === "off") look.send(this.#shown());
    this.#sheet.open();
    await this.#sheet.ready;
    this.#overlays = new Overlays(this.#sheet);
    this.#drawing = new Drawing(this.#sheet);
    this.#sheet.veil(this.#city, this.#outline, this.#store.view.unit);
    this.#store.listen((changed) => this.#onChange(changed));
    this.#sheet.map.on("moveend", () => this.#onMove());
    this.#sheet.map.on("move", () => this.#scale?.());
    this.#listenForPlaces(this.#sheet, "left");
    this.#sheet.map.on("error", ({ error }) => this.#onMapError(error));
    this.build(this.#speech);
    this.#sheet.settle();
    this.#sheet.map.once("movestart", () => look.remove());
    if (this.#store.view.compare.mode === "off") {
      await look.show(this.#shown());
      this.#host.dispatchEvent(new CustomEvent("lt-map:first-look", { bubbles: true }));
    }
    this.#showLayers();
    await this.#showPick();
    this.#sheet.map.once("idle", () => {
      look.remove();
      this.#host.dataset["state"] = "ready";
      this.#host.dispatchEvent(new CustomEvent("lt-map:ready", { bubbles: true }));
    });
  }

  /** Make every control anew, in a language. The map itself stays. */
  build(speech: Speech): void {
    this.#speech = speech;
    this.#api.language = speech.language;
    const { bar, rail, panel, stage, foot, live } = this.#frame;
    this.#toolbar?.open(null);
    this.#comparison?.remove();
    for (const old of stage.querySelectorAll(".map-zoom, .map-scale, .map-card, .map-notice")) old.remove();
    rail.setAttribute("aria-label", speech.say("tools"));
    live.textContent = "";
    this.#sheet.name(speech.say("map"));
    this.#sheet.ground(this.#city, this.#outline, speech.language);
    const desk = this.#desk();
    this.#card = new IdentifyCard(desk);
    this.#comparison = new Comparison(desk, stage, () => this.#shown(), (second) => this.#listenForPlaces(second, "right"));
    const scale = scaleBar(speech, this.#sheet);
    this.#scale = scale.draw;
    stage.append(
      zoomButtons(speech, this.#sheet, () => this.#sheet.fit(this.#city.bounds)),
      scale.element,
      this.#card.element,
      this.#notice.element,
    );
    const parts = { search: searchBox, unit: unitFilter, share: shareButton };
    bar.replaceChildren(...Object.entries(parts).flatMap(([name, make]) => (this.#wants(name) ? [make(desk)] : [])));
    bar.hidden = !bar.childElementCount;
    this.#time = this.#wants("time") ? timeBar(desk) : null;
    foot.replaceChildren(...(this.#time ? [this.#time.element] : []));
    foot.hidden = !this.#time;
    const tool = this.#store.view.tool;
    this.#toolbar = new Toolbar(desk, this.#tools(), rail, panel);
    this.#toolbar.open(tool);
    void this.#comparison.refresh();
    showResults(this.#frame.results, speech, "", null, () => undefined);
  }

  /** Findings of a check from an address, on the map and in their panel. */
  async showFindings(url: string): Promise<void> {
    try {
      this.findings.take(await this.#api.geojson(url));
      this.#drawFindings();
      const box = boundsOf(this.findings.all);
      if (box && !this.#store.view.pick) this.#sheet.fit(box, 15);
    } catch (error) {
      this.#notice.tell(error, () => void this.showFindings(url));
    }
  }

  filterFindings(filter: { code?: string; severity?: string; unit?: string }): void {
    this.findings.filter = filter;
    this.#drawFindings();
  }

  selectFinding(key: string): void {
    const found = this.findings.all.find((finding) => keyOf(finding) === key);
    if (found) selectFinding(this.#desk(), found);
  }

  #drawFindings(): void {
    this.#overlays.findings(this.findings.matching(null));
    if (!this.#tools().some((tool) => tool.id === "findings")) return;
    this.#toolbar?.open(null);
    this.#toolbar?.open("findings");
  }

  showLayers(layers: Layer[]): void {
    this.#extra = layers;
    const shown = { ...this.#store.view.layers, ...Object.fromEntries(layers.filter((layer) => layer.shown ?? true).map((layer) => [layer.name, 1])) };
    this.#store.set({ layers: shown });
    this.#refresh(new Set(["catalogue"]));
    this.#showLayers();
  }

  openTool(id: string | null): void {
    this.#toolbar?.open(id);
  }

  remove(): void {
    this.#loading?.abort();
    this.#comparison?.remove();
    this.#sheet.remove();
    this.#host.replaceChildren();
  }

  #wants(part: string): boolean {
    return !this.#wishes.tools.length || this.#wishes.tools.includes(part);
  }

  #tools(): Tool[] {
    const wanted = this.#wishes.tools;
    if (!wanted.length) return USUAL_TOOLS;
    return [findingsTool(this.findings), PARCEL, ...USUAL_TOOLS].filter((tool) => wanted.includes(tool.id));
  }

  #desk(): Desk {
    const session = this;
    return {
      speech: this.#speech,
      api: this.#api,
      store: this.#store,
      sheet: this.#sheet,
      overlays: this.#overlays,
      drawing: this.#drawing,
      city: this.#city,
      outline: this.#outline,
      element: this.#host,
      get catalogue() {
        return session.#withExtra();
      },
      announce: (text) => {
        this.#frame.live.textContent = text;
      },
      fail: (error, again) => this.#notice.tell(error, again),
      results: (title, content) => {
        if (content) this.#card?.hide();
        showResults(this.#frame.results, this.#speech, title, content, () => {
          this.#overlays.pick([]);
          this.#sheet.map.resize();
        });
        this.#sheet.map.resize();
      },
      layerAt: (name, version) => this.#layerAt(name, version),
    };
  }

  #withExtra(): Catalogue {
    if (!this.#extra.length) return this.#catalogue;
    const [first, ...rest] = this.#catalogue.families;
    if (!first) return { families: [{ code: "planning", title: { en: "Submission", zh: "报送成果" }, layers: this.#extra }] };
    return { families: [{ code: "submission", title: { en: "Submission", zh: "报送成果" }, layers: this.#extra }, first, ...rest] };
  }

  #permitted(catalogue: Catalogue): Catalogue {
    if (!this.#wishes.publicOnly) return catalogue;
    return { families: catalogue.families.map((family) => ({ ...family, layers: family.layers.filter((layer) => layer.visibility === "public") })) };
  }

  /** Visible layers in the order of drawing: lowest first. */
  #shown(): Shown[] {
    const opacity = this.#store.view.layers ?? {};
    return allLayers({ catalogue: this.#withExtra() })
      .filter((layer) => layer.name in opacity)
      .map((layer, order) => ({ layer, opacity: opacity[layer.name] ?? 1, order }))
      .sort((one, other) => rankOf(one.layer) - rankOf(other.layer) || Number(other.layer.generalised) - Number(one.layer.generalised) || one.order - other.order)
      .map(({ layer, opacity: strength }) => ({ layer, opacity: strength }));
  }

  #showLayers(): void {
    if (this.#comparison?.active) void this.#comparison.refresh();
    else this.#sheet.show(this.#shown());
  }

  #onChange(changed: ReadonlySet<Part>): void {
    if (changed.has("date")) void this.#load();
    if (changed.has("layers")) this.#showLayers();
    if (changed.has("compare")) {
      this.#card?.hide();
      void this.#comparison?.refresh();
      if (!this.#comparison?.active) this.#sheet.show(this.#shown());
    }
    if (changed.has("unit")) {
      this.#sheet.veil(this.#city, this.#outline, this.#store.view.unit);
      this.#comparison?.veil();
    }
    this.#refresh(changed);
  }

  #refresh(changed: ReadonlySet<Part | "catalogue">): void {
    this.#toolbar?.refresh(changed);
    this.#time?.refresh?.(changed);
  }

  #onMove(): void {
    this.#store.set({ camera: this.#sheet.camera });
    this.#host.dispatchEvent(new CustomEvent("lt-map:move", { bubbles: true, detail: { bounds: this.#sheet.bounds, ...this.#sheet.camera } }));
  }

  async #load(): Promise<void> {
    const date = this.#store.view.date;
    this.#loading?.abort();
    this.#loading = new AbortController();
    const said = this.#speech.date(date ?? this.#city.today);
    this.#frame.live.textContent = this.#speech.say("loading_layers", { date: said });
    try {
      this.#catalogue = this.#permitted(await this.#api.layers(date, this.#loading.signal));
      this.#refresh(new Set(["catalogue"]));
      this.#showLayers();
      this.#frame.live.textContent = this.#speech.say("layers_loaded", { count: allLayers({ catalogue: this.#catalogue }).length, date: said });
    } catch (error) {
      if (!wasReplaced(error)) this.#notice.tell(error, () => void this.#load());
    }
  }

  async #layerAt(name: string, version: string): Promise<Layer | null> {
    const now = allLayers({ catalogue: this.#withExtra() }).find((layer) => layer.name === name);
    if (now?.version === version) return now;
    const wanted = now?.versions.find((known) => known.version === version);
    const day = wanted ? dayWithin(wanted) : null;
    if (!day) return null;
    try {
      const known = this.#byDate.get(day) ?? this.#api.layers(day);
      this.#byDate.set(day, known);
      return allLayers({ catalogue: await known }).find((layer) => layer.name === name && layer.version === version) ?? null;
    } catch (error) {
      this.#byDate.delete(day);
      this.#notice.tell(error, () => this.#showLayers());
      return null;
    }
  }

  /** A click, or Enter for the crosshair, asks what is there: on the right of a comparison, as of the right version. */
  #listenForPlaces(sheet: Sheet, which: "left" | "right"): void {
    sheet.map.on("click", ({ point, lngLat }) => {
      const finding = this.#drawing.active || which === "right" ? undefined : findingAt(this.#desk(), this.findings, point);
      if (finding) selectFinding(this.#desk(), finding);
      else this.#identify([lngLat.lng, lngLat.lat], which);
    });
    sheet.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || this.#drawing.active) return;
      event.preventDefault();
      const { lon, lat } = sheet.camera;
      this.#identify([lon, lat], which);
    });
  }

  #identify(at: [number, number], which: "left" | "right"): void {
    if (this.#drawing.active) return;
    const { compare, date } = this.#store.view;
    const side = compare.mode === "off" ? null : compare[which];
    const layer = allLayers({ catalogue: this.#withExtra() }).find((known) => known.name === side?.layer);
    const older = layer?.version === side?.version ? undefined : layer?.versions.find((known) => known.version === side?.version);
    if (layer && older) void this.#card?.ask(at, dayWithin(older) ?? date, layer.name);
    else void this.#card?.ask(at, date);
  }

  /** What a link points at is shown as if it had been picked by hand. */
  async #showPick(): Promise<void> {
    const { pick } = this.#store.view;
    const layer = allLayers({ catalogue: this.#withExtra() }).find((known) => known.name === pick?.layer);
    if (!pick || !layer) return;
    try {
      const found = await this.#api.features(pick.layer, pick.version, [pick.id]);
      const hits = found.features.map((feature) => ({
        layer: pick.layer,
        title: layer.title,
        version: pick.version,
        unit: null,
        id: pick.id,
        geometry: feature.geometry,
        ellipsoidal_area_m2: null,
        attributes: layer.fields.map((field) => ({ ...field, value: (feature.properties?.[field.name] ?? null) as string | number | null })),
      }));
      if (hits.length) this.#card?.show(hits);
    } catch (error) {
      this.#notice.tell(error);
    }
  }

  #onMapError(error: { message: string }): void {
    const status = "status" in error && typeof error.status === "number" ? error.status : 0;
    if (status === 404 || wasReplaced(error)) return;
    const message = this.#speech.language === "zh" ? "部分地图内容未能加载。" : "A part of the map could not be loaded.";
    const { language } = this.#speech;
    const why = status ? REFUSED[language].replace("{status}", String(status)) : "";
    const remedy = (status ? REFUSED_REMEDY : UNREACHABLE_REMEDY)[language];
    this.#notice.tell(new Problem(status, [message, why].filter(Boolean).join(language === "zh" ? "" : " "), remedy), () => {
      this.#sheet.show([]);
      this.#showLayers();
    });
  }
}

/** A link made with other rights names the public copy of a layer, or the whole of which only the copy may be seen: the one at hand is meant. */
function whatMayBeSeen(view: Readonly<View>, catalogue: Catalogue): Partial<View> {
  const known = new Set(allLayers({ catalogue }).map((layer) => layer.name));
  const meant = (name: string): string => {
    const twin = name.endsWith(PUBLIC) ? name.slice(0, -PUBLIC.length) : `${name}${PUBLIC}`;
    return !known.has(name) && known.has(twin) ? twin : name;
  };
  if (!view.layers) return { layers: firstLayers(catalogue) };
  const named = Object.entries(view.layers).map(([name, opacity]): [string, number] => [meant(name), opacity]);
  const lost = named.length > 0 && named.every(([name]) => !known.has(name));
  return { layers: lost ? firstLayers(catalogue) : Object.fromEntries(named) };
}

const PUBLIC = "_public";
const FIRST_LAND = ["planned_land_use", "planning_zone"];
const THREE_LINES = ["permanent_basic_farmland", "ecological_redline", "urban_development_boundary"];

/**
 * The first map: the land of the plan, or as it is, under the three control lines; the exact copy of each where there are two. Where that is of
 * one unit alone, the generalised copy of the city lies under it.
 */
function firstLayers(catalogue: Catalogue): Record<string, number> {
  const every = allLayers({ catalogue }).sort((one, other) => Number(one.generalised) - Number(other.generalised));
  const named = (name: string): Layer[] => {
    const exact = every.find((layer) => canonicalName(layer) === name);
    const under = exact?.unit ? every.find((layer) => layer.name === `${name}${PUBLIC}`) : undefined;
    return [exact, under].filter((layer) => layer !== undefined);
  };
  const classed = every.find((layer) => rankOf(layer) === 0 && layer.geometry_type === "polygon" && layer.legend.length > 1);
  const land = FIRST_LAND.map(named).find((layers) => layers.length) ?? [classed ?? every[0]].filter((layer) => layer !== undefined);
  const first = new Set([...land, ...THREE_LINES.flatMap(named)]);
  return Object.fromEntries(allLayers({ catalogue }).filter((layer) => first.has(layer)).map((layer) => [layer.name, 1]));
}
