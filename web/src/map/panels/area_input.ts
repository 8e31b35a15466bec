/** A polygon as input: drawn on the map or read from a file. */
import type { Geometry } from "geojson";
import { boundsOf } from "../api";
import type { Desk } from "../desk";
import { fill, h } from "../dom";
import { areaM2 } from "../geodesy";

export interface AreaInput {
  readonly element: HTMLElement;
  readonly geometry: Geometry | null;
  clear(): void;
}

export function areaInput(desk: Desk, changed: (geometry: Geometry | null) => void, none: string): AreaInput {
  const { speech } = desk;
  let geometry: Geometry | null = null;
  const state = h("p", { class: "map-hint" }, none);
  const diagnosis = h("ul", { class: "map-diagnosis" });
  const set = (next: Geometry | null): void => {
    geometry = next;
    desk.overlays.drawn(next);
    state.textContent = next ? speech.say("polygon_set", { area: speech.area(areaM2(next)) }) : none;
    clear.hidden = !next;
    changed(next);
    if (next) desk.announce(`${speech.say("drawn")} ${state.textContent}`);
  };
  const draw = h(
    "button",
    {
      type: "button",
      onclick: () => {
        fill(diagnosis);
        state.textContent = speech.say("drawing");
        desk.announce(speech.say("drawing"));
        void desk.drawing.start({
          kind: "polygon",
          done: set,
          given_up: () => {
            if (state.textContent === speech.say("drawing")) set(geometry);
          },
        });
      },
    },
    speech.say("draw_polygon"),
  );
  const file = h("input", {
    type: "file",
    accept: ".txt,.zip,.geojson,.json,.gpkg",
    onchange: () => {
      const [chosen] = file.files ?? [];
      if (chosen) void read(chosen);
    },
  });
  const clear = h("button", { type: "button", class: "map-quiet", hidden: true, onclick: () => set(null) }, speech.say("clear_polygon"));
  const read = async (chosen: File): Promise<void> => {
    desk.drawing.stop();
    try {
      const told = await desk.api.polygon(chosen);
      fill(diagnosis, told.diagnosis.map((line) => h("li", {}, `${speech.text(line.message)} ${speech.text(line.remedy)}`)));
      set(told.geometry);
      const box = boundsOf([told]);
      if (box) desk.sheet.fit(box);
    } catch (error) {
      desk.fail(error);
    } finally {
      file.value = "";
    }
  };
  const element = h("div", { class: "map-area" }, draw, h("label", { class: "map-file" }, h("span", {}, speech.say("upload_polygon")), file), state, diagnosis, clear);
  return {
    element,
    get geometry() {
      return geometry;
    },
    clear: () => set(null),
  };
}
