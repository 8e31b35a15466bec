/** Tables as files that spreadsheets open with the right characters, and with no cell run as a formula. */

/** Comma separated text with the mark that tells Excel the encoding. */
export function csv(head: readonly string[], rows: readonly (readonly unknown[])[]): Blob {
  const lines = [head, ...rows].map((row) => row.map(cell).join(","));
  return new Blob([`\uFEFF${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const said = typeof value === "object" ? JSON.stringify(value) : String(value);
  const harmless = /^[=+\-@\t\r]/.test(said) ? `'${said}` : said;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
