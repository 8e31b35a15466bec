/** A table of features or figures: each row can be shown on the map, the whole can be taken as CSV. */
import { csv } from "../csv";
import type { Desk } from "../desk";
import { download, h } from "../dom";

export interface Row {
  cells: unknown[];
  /** Show this row on the map. */
  show?: () => void;
}

export interface TableContent {
  caption: string;
  head: { label: string; numeric?: boolean; digits?: number; unit?: string | null; field?: string }[];
  rows: Row[];
  foot?: unknown[];
  note?: string;
  file: string;
}

export function table(desk: Desk, content: TableContent): HTMLElement {
  const { speech } = desk;
  const said = (value: unknown, column: number): string => {
    const { digits, unit = null, field = "" } = content.head[column] ?? {};
    return digits !== undefined && typeof value === "number" ? speech.number(value, digits) : speech.value(value, unit, field);
  };
  const body = h("tbody", {});
  for (const row of content.rows) {
    const line = h("tr", {});
    const show = row.show;
    row.cells.forEach((value, column) => {
      const text = said(value, column);
      const numeric = content.head[column]?.numeric ? "is-number" : null;
      if (column) line.append(h("td", { class: numeric }, text));
      else line.append(h("th", { scope: "row" }, show ? h("button", { type: "button", class: "map-link", onclick: () => mark(line, show) }, text) : text));
    });
    if (show) {
      line.classList.add("is-clickable");
      line.addEventListener("click", (event) => event.target instanceof HTMLButtonElement || mark(line, show));
    }
    body.append(line);
  }
  const foot = content.foot ? h("tfoot", {}, h("tr", {}, content.foot.map((value, column) => (column ? h("td", { class: content.head[column]?.numeric ? "is-number" : null }, said(value, column)) : h("th", { scope: "row" }, said(value, column)))))) : null;
  const made = h(
    "table",
    { class: "map-table" },
    h("caption", {}, content.caption),
    h("thead", {}, h("tr", {}, content.head.map((column) => h("th", { scope: "col", class: column.numeric ? "is-number" : null }, column.label)))),
    body,
    foot,
  );
  const save = h(
    "button",
    {
      type: "button",
      class: "map-quiet",
      onclick: () => download(csv(content.head.map((column) => column.label), [...content.rows.map((row) => row.cells), ...(content.foot ? [content.foot] : [])]), `${content.file}.csv`),
    },
    speech.say("csv"),
  );
  return h(
    "div",
    { class: "map-table-box" },
    h("div", { class: "map-table-scroll", tabindex: "0", role: "group", "aria-label": content.caption }, made),
    h("div", { class: "map-table-foot" }, content.note ? h("p", {}, content.note) : null, save),
  );
}

function mark(line: HTMLElement, show: () => void): void {
  for (const other of line.parentElement?.querySelectorAll("[aria-selected]") ?? []) other.removeAttribute("aria-selected");
  line.setAttribute("aria-selected", "true");
  show();
}
