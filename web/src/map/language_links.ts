/** The map's view lives in the address; the page's language links take the address of the moment along. */

export function keepLanguageLinks(): void {
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href*="/language/"]') : null;
      if (!link || !document.querySelector("lt-map[permalink]")) return;
      const target = new URL(link.href);
      target.searchParams.set("next", `${location.pathname}${location.search}`);
      link.href = target.href;
    },
    { capture: true },
  );
}
