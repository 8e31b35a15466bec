/** The link to what is on the map now. */
import type { Desk } from "./desk";
import { fill, h, icon } from "./dom";
import { writeView } from "./state";

export function shareButton(desk: Desk): HTMLElement {
  const { speech } = desk;
  const told = h("span", { class: "map-shared", hidden: true });
  const share = async (): Promise<void> => {
    const link = new URL(writeView(desk.store.view, location.search), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      fill(told, speech.say("share_done"));
    } catch (error) {
      // Plain http on a closed network has no clipboard, and a browser may refuse it.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      const field = h("input", { type: "text", readonly: true, value: link, "aria-label": speech.say("share_by_hand") });
      fill(told, h("label", {}, speech.say("share_by_hand"), field));
      setTimeout(() => field.select());
    }
    told.hidden = false;
    desk.announce(speech.say("share_done"));
    setTimeout(() => {
      if (!told.contains(document.activeElement)) told.hidden = true;
    }, 6000);
  };
  return h("div", { class: "map-share" }, h("button", { type: "button", onclick: () => void share() }, icon("share"), h("span", {}, speech.say("share"))), told);
}
