// <button data-opens="ID"> opens <dialog id="ID">; data-closes closes the dialog around it.
export function keepDialogs(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-opens],[data-closes]");
    if (!button) return;
    if (button.dataset["opens"]) {
      const dialog = document.getElementById(button.dataset["opens"]);
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    } else {
      button.closest("dialog")?.close();
    }
  });
}
