// The widgets take dark from a class, the pages from the media query: keep both the same.
export function followColourScheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    document.documentElement.classList.toggle("wa-dark", dark.matches);
    document.documentElement.classList.toggle("wa-light", !dark.matches);
  };
  apply();
  dark.addEventListener("change", apply);
}
