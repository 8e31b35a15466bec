/**
 * Chinese labels without any font from the network: the subsets of Noto Sans SC come with the installation, and the map
 * fetches only those whose characters it draws.
 */
import type { FontFacesSpecification } from "maplibre-gl";
import ranges from "@fontsource/noto-sans-sc/unicode.json";

export const MAP_FONT = "Noto Sans SC";

const files = import.meta.glob<string>("/node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-*-400-normal.woff2", {
  query: "?url&no-inline",
  import: "default",
  eager: true,
});

/** The style's `font-faces`, one entry per subset. */
export function fontFaces(): FontFacesSpecification {
  const subsets = Object.entries(ranges as Record<string, string>).flatMap(([key, range]) => {
    const name = key.replace(/[[\]]/g, "");
    const url = files[`/node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-${name}-400-normal.woff2`];
    return url ? [{ url: new URL(url, document.baseURI).href, "unicode-range": range.split(",").map((part) => part.toUpperCase()) }] : [];
  });
  return { [MAP_FONT]: subsets };
}
