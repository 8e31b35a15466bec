// <button data-copies="ID"> puts the text of the element on the clipboard and says so in its own label.
export function keepCopyButtons(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copies]");
    const source = button && document.getElementById(button.dataset["copies"] ?? "");
    if (!button || !source) return;
    await navigator.clipboard.writeText(source.textContent?.trim() ?? "");
    button.textContent = button.dataset["copied"] ?? button.textContent;
  });
}
