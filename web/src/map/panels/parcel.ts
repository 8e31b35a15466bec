/** One parcel for its compliance sheet: drawn or read from a file, handed to the page as GeoJSON. */
import type { Geometry } from "geojson";
import type { Desk, Panel, Tool } from "../desk";
import { h } from "../dom";
import { areaM2 } from "../geodesy";
import { areaInput } from "./area_input";

export const PARCEL: Tool = { id: "parcel", title: "parcel", icon: "parcel", open };

function open(desk: Desk): Panel {
  const { speech } = desk;
  const use = h("button", { type: "button", class: "map-primary", ".disabled": true, onclick: () => area.geometry && emit(desk, "lt-map:parcel", area.geometry) }, speech.say("parcel_use"));
  const area = areaInput(
    desk,
    (geometry) => {
      use.disabled = !geometry;
      if (geometry) emit(desk, "lt-map:draw", geometry);
    },
    speech.say("parcel_hint"),
  );
  return { element: h("div", { class: "map-form" }, area.element, h("div", { class: "map-actions" }, use)), close: () => desk.drawing.stop() };
}

function emit(desk: Desk, name: string, geometry: Geometry): void {
  const detail = { type: "Feature", properties: { ellipsoidal_area_m2: areaM2(geometry) }, geometry };
  desk.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}
