/** Distance and area on the ellipsoid, in metres, hectares and mu, with the formula said. */
import type { Geometry } from "geojson";
import type { Desk, Panel, Tool } from "../desk";
import { fill, h } from "../dom";
import { SQUARE_METRES_PER_HECTARE, SQUARE_METRES_PER_MU, areaM2, lengthM } from "../geodesy";

export const MEASURE: Tool = { id: "measure", title: "measure", icon: "measure", open };

function open(desk: Desk): Panel {
  const { speech } = desk;
  const result = h("dl", { class: "map-figures" });
  const hint = h("p", { class: "map-hint" }, speech.say("measure_none"));
  const show = (geometry: Geometry): void => {
    hint.hidden = true;
    fill(result, figures(desk, geometry).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  };
  const start = (kind: "polygon" | "linestring"): void => {
    clear();
    hint.hidden = false;
    hint.textContent = speech.say("drawing");
    desk.announce(speech.say("drawing"));
    void desk.drawing.start({
      kind,
      change: show,
      done: (geometry) => {
        desk.overlays.drawn(geometry);
        show(geometry);
        desk.announce(figures(desk, geometry).map((pair) => pair.join(" ")).join(", "));
      },
    });
  };
  const clear = (): void => {
    desk.drawing.stop();
    desk.overlays.drawn(null);
    fill(result);
    hint.hidden = false;
    hint.textContent = speech.say("measure_none");
  };
  const button = (words: "measure_distance" | "measure_area" | "measure_clear", act: () => void): HTMLElement =>
    h("button", { type: "button", class: words === "measure_clear" ? "map-quiet" : null, onclick: act }, speech.say(words));
  const element = h(
    "div",
    { class: "map-form" },
    h("div", { class: "map-actions" }, button("measure_distance", () => start("linestring")), button("measure_area", () => start("polygon")), button("measure_clear", clear)),
    hint,
    result,
    h("p", { class: "map-formula" }, speech.say("measure_formula")),
  );
  return { element, close: clear };
}

function figures(desk: Desk, geometry: Geometry): [string, string][] {
  const { speech } = desk;
  if (geometry.type === "LineString") return [[speech.say("length"), speech.metres(lengthM(geometry.coordinates))]];
  if (geometry.type !== "Polygon") return [];
  const area = areaM2(geometry);
  return [
    [speech.say("measure_area"), `${speech.number(area)} m²`],
    ["", `${speech.number(area / SQUARE_METRES_PER_HECTARE, 4)} ${speech.language === "zh" ? "公顷" : "ha"}`],
    ["", `${speech.number(area / SQUARE_METRES_PER_MU, 3)} ${speech.language === "zh" ? "亩" : "mu (亩)"}`],
    [speech.say("perimeter"), speech.metres(lengthM(geometry.coordinates[0] ?? []))],
  ];
}
