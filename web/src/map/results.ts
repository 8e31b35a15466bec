/** The drawer of results below the map. */
import { fill, h, icon } from "./dom";
import type { Speech } from "./words";

export function showResults(place: HTMLElement, speech: Speech, title: string, content: HTMLElement | null, closed: () => void): void {
  place.hidden = !content;
  if (!content) {
    place.replaceChildren();
    return;
  }
  const close = (): void => {
    showResults(place, speech, title, null, closed);
    closed();
  };
  place.setAttribute("aria-label", title);
  const button = h("button", { type: "button", class: "map-square", "aria-label": speech.say("close_panel", { title }), onclick: close }, icon("close"));
  fill(place, h("header", {}, h("h2", {}, title), button), h("div", { class: "map-results-body" }, content));
}
