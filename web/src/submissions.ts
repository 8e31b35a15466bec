// Submissions: resumable upload, and the list of findings and the map that follow one another.
import "./styles/submissions.css";
import { UploadPlace } from "./uploading";

customElements.define("lt-upload", UploadPlace);

interface FindingsMap extends HTMLElement {
  selectFinding?: (key: string) => void;
  filterFindings?: (filter: { code?: string; severity?: string }) => void;
}

const mapOfPage = (): FindingsMap | null => document.querySelector<FindingsMap>("lt-map");

// From the list to the map.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-show-finding]") : null;
  const key = button?.dataset["showFinding"];
  if (key) mapOfPage()?.selectFinding?.(key);
});

document.addEventListener("change", (event) => {
  const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("#findings form.filters") : null;
  if (!form) return;
  const fields = new FormData(form);
  const filter: { code?: string; severity?: string } = {};
  for (const name of ["code", "severity"] as const) {
    const value = fields.get(name);
    if (typeof value === "string" && value) filter[name] = value;
  }
  mapOfPage()?.filterFindings?.(filter);
});

// From the map to the list: where the finding is on the page it is brought into view, else the list is narrowed to its check.
document.addEventListener("lt-map:select", (event) => {
  const detail: unknown = (event as CustomEvent).detail;
  if (!isFinding(detail)) return;
  const item = document.getElementById(`finding-${detail.id}`);
  document.querySelectorAll(".findings-list > .is-picked").forEach((other) => other.classList.remove("is-picked"));
  if (item) {
    item.classList.add("is-picked");
    item.scrollIntoView({ block: "nearest" });
    return;
  }
  narrow({ code: detail.properties?.code ?? "" });
});

document.addEventListener("lt-map:filter", (event) => {
  const detail: unknown = (event as CustomEvent).detail;
  if (typeof detail === "object" && detail !== null) narrow(detail as Record<string, string>);
});

function narrow(wanted: Record<string, string | undefined>): void {
  const form = document.querySelector<HTMLFormElement>("#findings form.filters");
  if (!form) return;
  let changed = false;
  for (const name of ["code", "severity"]) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLSelectElement && name in wanted && field.value !== (wanted[name] ?? "")) {
      field.value = wanted[name] ?? "";
      changed = true;
    }
  }
  if (changed) form.requestSubmit();
}

function isFinding(detail: unknown): detail is { kind: "finding"; id: string; properties?: { code?: string } } {
  return typeof detail === "object" && detail !== null && (detail as { kind?: unknown }).kind === "finding";
}

// A parcel drawn on the map goes into the form beside it.
document.addEventListener("lt-map:parcel", (event) => {
  const form = document.querySelector<HTMLFormElement>("#parcel-form");
  const field = form?.elements.namedItem("drawn");
  if (!form || !(field instanceof HTMLInputElement)) return;
  field.value = JSON.stringify((event as CustomEvent).detail);
  form.querySelector(".drawn-note")?.removeAttribute("hidden");
  form.requestSubmit();
});
