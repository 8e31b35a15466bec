/** What went wrong, said calmly, with the way out. */
import { Problem } from "./api";
import { fill, h, icon } from "./dom";
import type { Speech } from "./words";

export class Notice {
  readonly element = h("div", { class: "map-notice", role: "alert", hidden: true });
  readonly #speech: () => Speech;

  constructor(speech: () => Speech) {
    this.#speech = speech;
  }

  /** Tell a problem; errors of the program itself are thrown on, to be seen. */
  tell(error: unknown, again?: () => void): void {
    if (!(error instanceof Problem)) throw error;
    const speech = this.#speech();
    const close = (): void => {
      this.element.hidden = true;
    };
    fill(
      this.element,
      h("p", {}, h("strong", {}, error.message), " ", error.remedy),
      again
        ? h(
            "button",
            {
              type: "button",
              onclick: () => {
                close();
                again();
              },
            },
            speech.say("again"),
          )
        : null,
      h("button", { type: "button", class: "map-square", "aria-label": speech.say("close"), onclick: close }, icon("close")),
    );
    this.element.hidden = false;
  }
}
