/** What every panel works with: the words, the server, the view, the map, and ways to tell people something. */
import type { Api } from "./api";
import type { Drawing } from "./drawing";
import type { Overlays } from "./overlays";
import type { Sheet } from "./sheet";
import type { Part, Store } from "./state";
import type { Catalogue, City, Features, Layer } from "./types";
import type { Speech, Word } from "./words";

export interface Desk {
  readonly speech: Speech;
  readonly api: Api;
  readonly store: Store;
  readonly sheet: Sheet;
  readonly overlays: Overlays;
  readonly drawing: Drawing;
  readonly city: City;
  readonly outline: Features | null;
  readonly catalogue: Catalogue;
  readonly element: HTMLElement;
  /** Say something to people who do not see the map change. */
  announce(text: string): void;
  /** Show what went wrong and the way out; `again` is offered as a button. */
  fail(error: unknown, again?: () => void): void;
  /** Open the drawer of results below the map; null closes it. */
  results(title: string, content: HTMLElement | null): void;
  /** A layer in the state of a version, which may not be the one in force now. */
  layerAt(name: string, version: string): Promise<Layer | null>;
}

export interface Panel {
  readonly element: HTMLElement;
  /** The view changed in these parts, or the catalogue did. */
  refresh?(changed: ReadonlySet<Part | "catalogue">): void;
  close?(): void;
}

export interface Tool {
  id: string;
  title: Word;
  icon: string;
  open(desk: Desk): Panel;
}

export function allLayers(desk: Pick<Desk, "catalogue">): Layer[] {
  return desk.catalogue.families.flatMap((family) => family.layers);
}

export function visibleLayers(desk: Pick<Desk, "catalogue" | "store">): Layer[] {
  const shown = desk.store.view.layers ?? {};
  return allLayers(desk).filter((layer) => layer.name in shown);
}
