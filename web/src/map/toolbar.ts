/** The rail of tools: one panel open at a time, arrow keys walk along the rail. */
import type { Desk, Panel, Tool } from "./desk";
import { fill, h, icon } from "./dom";
import type { Part } from "./state";

export class Toolbar {
  readonly #desk: Desk;
  readonly #tools: Tool[];
  readonly #rail: HTMLElement;
  readonly #place: HTMLElement;
  #open: { tool: Tool; panel: Panel } | null = null;

  constructor(desk: Desk, tools: Tool[], rail: HTMLElement, place: HTMLElement) {
    this.#desk = desk;
    this.#tools = tools;
    this.#rail = rail;
    this.#place = place;
    place.id = "map-panel";
    fill(rail, tools.map((tool, index) => this.#button(tool, index)));
    rail.addEventListener("keydown", (event) => this.#walk(event));
    this.open(desk.store.view.tool);
  }

  /** Open a tool by its name; none closes the panel. */
  open(id: string | null): void {
    if (this.#open?.tool.id === id) return;
    this.#open?.panel.close?.();
    this.#open = null;
    const tool = this.#tools.find((known) => known.id === id);
    this.#place.hidden = !tool;
    for (const button of this.#rail.querySelectorAll("button")) button.setAttribute("aria-expanded", String(button.dataset["tool"] === tool?.id));
    if (!tool) {
      this.#place.replaceChildren();
      return;
    }
    const { speech, store } = this.#desk;
    const title = speech.say(tool.title);
    const panel = tool.open(this.#desk);
    this.#open = { tool, panel };
    this.#place.setAttribute("aria-label", title);
    const close = h("button", { type: "button", class: "map-square", "aria-label": speech.say("close_panel", { title }), onclick: () => this.#close() }, icon("close"));
    fill(this.#place, h("header", {}, h("h2", {}, title), close), h("div", { class: "map-panel-body", tabindex: "0", role: "group", "aria-label": title }, panel.element));
    store.set({ tool: tool.id });
  }

  refresh(changed: ReadonlySet<Part | "catalogue">): void {
    this.#open?.panel.refresh?.(changed);
  }

  #button(tool: Tool, index: number): HTMLElement {
    return h(
      "button",
      {
        type: "button",
        "data-tool": tool.id,
        "aria-expanded": "false",
        "aria-controls": "map-panel",
        tabindex: index ? "-1" : "0",
        onclick: () => (this.#open?.tool.id === tool.id ? this.#close() : this.#choose(tool)),
      },
      icon(tool.icon),
      h("span", {}, this.#desk.speech.say(tool.title)),
    );
  }

  #choose(tool: Tool): void {
    this.open(tool.id);
    this.#place.querySelector<HTMLElement>(".map-panel-body input, .map-panel-body select, .map-panel-body button, .map-panel-body summary")?.focus({ preventScroll: true });
  }

  #close(): void {
    const id = this.#open?.tool.id;
    this.open(null);
    this.#desk.store.set({ tool: null });
    this.#rail.querySelector<HTMLElement>(`[data-tool="${id}"]`)?.focus();
  }

  #walk(event: KeyboardEvent): void {
    const buttons = [...this.#rail.querySelectorAll<HTMLElement>("button")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !step) return;
    const next = buttons[(at + step + buttons.length) % buttons.length] as HTMLElement;
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  }
}
