/** The map as of any date: a slider over the days between the first version and today, with a tick at each change. */
import { allLayers, type Desk, type Panel } from "../desk";
import { calmly, fill, h, icon } from "../dom";

const DAY_MS = 86_400_000;
const WAIT_MS = 250;

export function timeBar(desk: Desk): Panel {
  const { speech, store } = desk;
  const changes = new Map<string, string[]>();
  const element = h("section", { class: "map-time", "aria-label": speech.say("date_slider") });
  const choose = calmly((date: string) => store.set({ date: date === desk.city.today ? null : date }), WAIT_MS);

  const slider = h("input", { type: "range", step: 1, "aria-label": speech.say("date_slider") });
  const date = h("input", { type: "date", "aria-label": speech.say("as_of") });
  const ticks = h("div", { class: "map-ticks", "aria-hidden": "true" });
  const earlier = h("button", { type: "button", class: "map-square", "aria-label": speech.say("earlier"), title: speech.say("earlier") }, icon("previous"));
  const later = h("button", { type: "button", class: "map-square", "aria-label": speech.say("later"), title: speech.say("later") }, icon("next"));
  const today = h("button", { type: "button", class: "map-quiet" }, speech.say("today"));
  fill(
    element,
    h("label", { class: "map-time-date" }, h("span", {}, speech.say("as_of")), date),
    earlier,
    h("div", { class: "map-time-line" }, slider, ticks),
    later,
    today,
  );

  const current = (): string => store.view.date ?? desk.city.today;
  const draw = (): void => {
    changes.clear();
    for (const layer of allLayers(desk)) {
      for (const version of layer.versions) {
        if (version.valid_from) changes.set(version.valid_from, [...(changes.get(version.valid_from) ?? []), speech.text(layer.title)]);
      }
    }
    const days = [...changes.keys(), desk.city.today, current()].sort();
    const [first, last] = [days[0] as string, days.at(-1) as string];
    const [from, to] = [dayOf(first) - 30, dayOf(last)];
    Object.assign(slider, { min: String(from), max: String(Math.max(to, from + 1)) });
    fill(ticks, [...changes.keys()].map((day) => tick((dayOf(day) - from) / Math.max(1, to - from))));
    show(current());
  };
  const show = (day: string): void => {
    slider.value = String(dayOf(day));
    slider.setAttribute("aria-valuetext", speech.date(day));
    date.value = day;
    today.disabled = day === desk.city.today;
    earlier.disabled = !before(changes, day);
    later.disabled = !after(changes, day);
  };
  const go = (day: string | undefined): void => {
    if (!day) return;
    show(day);
    choose(day);
    const moved = changes.get(day);
    if (moved) desk.announce(speech.say("changes_on", { date: speech.date(day), layers: [...new Set(moved)].join(", ") }));
  };
  slider.addEventListener("input", () => go(isoOf(Number(slider.value))));
  date.addEventListener("change", () => date.value && go(date.value));
  earlier.addEventListener("click", () => go(before(changes, current())));
  later.addEventListener("click", () => go(after(changes, current())));
  today.addEventListener("click", () => go(desk.city.today));
  draw();
  return { element, refresh: (changed) => (changed.has("catalogue") ? draw() : changed.has("date") && show(current())) };
}

function tick(share: number): HTMLElement {
  const mark = h("span", {});
  mark.style.setProperty("--at", String(share));
  return mark;
}

function before(changes: Map<string, string[]>, day: string): string | undefined {
  return [...changes.keys()].filter((known) => known < day).sort().at(-1);
}

function after(changes: Map<string, string[]>, day: string): string | undefined {
  return [...changes.keys()].filter((known) => known > day).sort()[0];
}

function dayOf(iso: string): number {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY_MS);
}

function isoOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
