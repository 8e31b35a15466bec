/** A thematic map on paper: the server draws it with frame, legend, scale, source and date. */
import { visibleLayers, type Desk, type Panel, type Tool } from "../desk";
import { download, h } from "../dom";
import type { Language, PlateRequest } from "../types";
import { choice } from "./query";

export const PLATE: Tool = { id: "plate", title: "plate", icon: "plate", open };

function open(desk: Desk): Panel {
  const { speech } = desk;
  const title = h("input", { type: "text", required: true, maxlength: 80, value: speech.text(visibleLayers(desk).find((layer) => layer.legend.length > 1)?.title ?? desk.city.name) });
  const format = choice(speech.say("plate_format"), [
    ["pdf", "PDF"],
    ["png", "PNG"],
  ]);
  const paper = choice(speech.say("plate_paper"), [
    ["a4", "A4"],
    ["a3", "A3"],
  ]);
  const orientation = choice(speech.say("plate_orientation"), [
    ["landscape", speech.say("landscape")],
    ["portrait", speech.say("portrait")],
  ]);
  const language = choice(speech.say("plate_language"), [
    ["zh", "中文"],
    ["en", "English"],
  ]);
  language.select.value = speech.language;
  const holds = h("p", { class: "map-hint" });
  const make = h("button", { type: "submit", class: "map-primary" }, speech.say("plate_make"));
  const count = (): void => {
    const layers = visibleLayers(desk).length;
    holds.textContent = layers ? speech.say("plate_holds", { count: layers }) : speech.say("plate_no_layers");
    make.disabled = !layers;
  };
  count();
  const draw = async (): Promise<void> => {
    const request: PlateRequest = {
      title: title.value,
      bounds: desk.sheet.bounds,
      layers: visibleLayers(desk).map(({ name, version }) => ({ name, version })),
      language: language.select.value as Language,
      format: format.select.value as PlateRequest["format"],
      paper: paper.select.value as PlateRequest["paper"],
      orientation: orientation.select.value as PlateRequest["orientation"],
      ...(desk.store.view.date ? { as_of: desk.store.view.date } : {}),
    };
    make.disabled = true;
    holds.textContent = speech.say("plate_making");
    desk.announce(speech.say("plate_making"));
    try {
      const name = `${title.value.replace(/[\\/:*?"<>|]/g, " ").trim() || "map"}.${request.format}`;
      download(await desk.api.plate(request), name);
      holds.textContent = speech.say("plate_ready", { name });
      desk.announce(holds.textContent);
    } catch (error) {
      count();
      desk.fail(error, () => void draw());
    } finally {
      make.disabled = false;
    }
  };
  const element = h(
    "form",
    {
      class: "map-form",
      onsubmit: (event: Event) => {
        event.preventDefault();
        void draw();
      },
    },
    h("label", { class: "map-field" }, h("span", {}, speech.say("plate_title")), title),
    h("div", { class: "map-pair" }, format.element, paper.element, orientation.element, language.element),
    holds,
    h("div", { class: "map-actions" }, make),
  );
  return { element, refresh: (changed) => (changed.has("layers") || changed.has("catalogue")) && count() };
}
