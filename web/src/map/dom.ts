/** Elements without strings of markup: nothing here needs an exception from the content security policy. */

type Listener = (event: never) => void;
type Value = string | number | boolean | null | undefined | Listener;
type Child = Node | string | null | undefined | false | Child[];

/** Make an element: `on…` are listeners, `.name` are properties, everything else is an attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Record<string, Value> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (name.startsWith(".")) Object.assign(made, { [name.slice(1)]: value });
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  append(made, children);
  return made;
}

function append(parent: Node, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child) parent.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
}

/** Put these children in place of what was there. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

const STROKES: Record<string, string> = {
  layers: "M12 3 3 8l9 5 9-5-9-5Z M3 12.5l9 5 9-5 M3 17l9 5 9-5",
  query: "M4 5h16 M7 12h10 M10 19h4",
  compare: "M12 3v18 M4 6h5v12H4z M15 6h5v12h-5z",
  measure: "M3 16 16 3l5 5L8 21Z M7 12l2 2 M10 9l3 3 M13 6l2 2",
  parcel: "M5 6l9-2 6 7-4 9-11-3Z M5 6h.01 M14 4h.01 M20 11h.01 M16 20h.01 M5 17h.01",
  plate: "M4 4h16v16H4z M4 16h16 M8 16v4 M7 12l4-5 3 3 3-3",
  findings: "M12 4 2.5 20h19Z M12 10v5 M12 17.5v.01",
  share: "M18 8a3 3 0 1 0-3-3 M6 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z M18 22a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z M8.6 10.5 15.4 6.6 M8.6 13.5l6.8 3.9 M15 5a3 3 0 0 0 3 3",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z M16 16l5 5",
  close: "M5 5l14 14 M19 5 5 19",
  plus: "M12 5v14 M5 12h14",
  minus: "M5 12h14",
  home: "M4 11l8-7 8 7 M6 9.5V20h12V9.5",
  previous: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
};

/** A line drawing that says nothing to screen readers: its button has the words. */
export function icon(name: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "map-icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", STROKES[name] ?? "");
  drawing.appendChild(path);
  return drawing;
}

/** Run `act` once `wait` milliseconds have passed without another call. */
export function calmly<A extends unknown[]>(act: (...given: A) => void, wait: number): (...given: A) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}

/** Hand a file to the browser's download. */
export function download(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
