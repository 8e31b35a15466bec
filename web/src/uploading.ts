// <lt-upload>: a file sent in pieces, which goes on where it stopped when the connection or the page was gone.
const PIECE_BYTES = 8 * 1024 * 1024;
const TRIES = 6;
const FIRST_WAIT_MS = 500;
const KEPT = "lantu-upload:";

interface Announced {
  id: string;
  pieces: string;
}

class Refused extends Error {}

/** Holds a file input; what it says of itself goes into its status line. */
export class UploadPlace extends HTMLElement {
  #busy = false;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input[type="file"]');
    const drop = this.querySelector<HTMLElement>(".drop");
    input?.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) void this.#take(file);
    });
    drop?.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
    drop?.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    drop?.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("is-over");
      const file = event.dataTransfer?.files[0];
      if (file) void this.#take(file);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.#busy) event.preventDefault();
    });
  }

  get #chinese(): boolean {
    return document.documentElement.lang.toLowerCase().startsWith("zh");
  }

  #say(english: string, chinese: string, share?: number): void {
    const place = this.querySelector(".upload-state");
    if (!place) return;
    const words = document.createElement("p");
    words.textContent = this.#chinese ? chinese : english;
    const parts: Node[] = [words];
    if (share !== undefined) {
      const bar = document.createElement("progress");
      bar.max = 1;
      bar.value = share;
      bar.setAttribute("aria-label", this.#chinese ? "上传进度" : "Upload");
      parts.unshift(bar);
    }
    place.replaceChildren(...parts);
  }

  async #take(file: File): Promise<void> {
    if (this.#busy) return;
    const limit = Number(this.dataset["limitMb"] ?? "0");
    if (limit && file.size > limit * 1024 * 1024) {
      this.#say(`${file.name} is larger than ${limit} MB.`, `${file.name}超过${limit} MB。`);
      return;
    }
    this.#busy = true;
    try {
      await this.#send(file);
    } catch (error) {
      this.#busy = false;
      if (error instanceof Refused) this.#say(error.message, error.message);
      else this.#say("The connection broke. Choose the same file again to go on.", "连接中断，请重新选择同一文件续传。");
    }
  }

  async #send(file: File): Promise<void> {
    const announced = await this.#announced(file);
    let offset = await this.#offset(announced);
    while (offset < file.size) {
      this.#say(
        `${percent(offset, file.size)} of ${file.name} has arrived`,
        `${file.name}已上传${percent(offset, file.size)}`,
        offset / file.size,
      );
      offset = await this.#piece(announced, file, offset);
    }
    this.#say("All of it has arrived; the check begins.", "上传完成，正在发起质检。", 1);
    const finished = await fetch(`${this.dataset["finish"] ?? ""}/${announced.id}/finish`, { method: "POST" });
    if (finished.ok || isGone(finished)) localStorage.removeItem(keyOf(file));
    await refuse(finished);
    this.#busy = false;
    window.location.reload();
  }

  /** The upload that this very file began before, or a new one. */
  async #announced(file: File): Promise<Announced> {
    const kept = localStorage.getItem(keyOf(file));
    if (kept) {
      const before: Announced = { id: kept, pieces: `/api/v1/uploads/${kept}` };
      const known = await fetch(before.pieces, { method: "HEAD" });
      if (known.ok && Number(known.headers.get("Upload-Length")) === file.size) return before;
      // A server that is down, or a session that ended, says nothing of what has arrived.
      if (known.status >= 500) throw new Error(`status ${known.status}`);
      if (!isGone(known)) await refuse(known);
      localStorage.removeItem(keyOf(file));
    }
    const answer = await fetch(this.dataset["announce"] ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: file.name, size_bytes: file.size }),
    });
    await refuse(answer);
    const announced = (await answer.json()) as Announced;
    localStorage.setItem(keyOf(file), announced.id);
    return announced;
  }

  async #offset(announced: Announced): Promise<number> {
    const answer = await fetch(announced.pieces, { method: "HEAD" });
    await refuse(answer);
    return Number(answer.headers.get("Upload-Offset") ?? "0");
  }

  async #piece(announced: Announced, file: File, offset: number): Promise<number> {
    const piece = await file.slice(offset, offset + PIECE_BYTES).arrayBuffer();
    const headers: Record<string, string> = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    // Browsers give the hash only where the page came safely; elsewhere the whole file is hashed by the server alone.
    if (window.isSecureContext) headers["Upload-Checksum"] = `sha256 ${await sha256(piece)}`;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await fetch(announced.pieces, { method: "PATCH", headers, body: piece });
        if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
        if (answer.status === 409) return await this.#offset(announced);
        if (answer.status < 500) await refuse(answer);
      } catch (error) {
        if (error instanceof Refused || attempt >= TRIES) throw error;
      }
      if (attempt >= TRIES) throw new Error("gave up");
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** attempt));
      const have = await this.#offset(announced).catch(() => offset);
      if (have !== offset) return have;
    }
  }
}

function keyOf(file: File): string {
  return `${KEPT}${window.location.pathname}:${file.name}:${file.size}:${file.lastModified}`;
}

function percent(part: number, whole: number): string {
  return `${Math.floor((100 * part) / whole)} %`;
}

async function sha256(content: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isGone(answer: Response): boolean {
  return answer.status === 404 || answer.status === 410;
}

async function refuse(answer: Response): Promise<void> {
  if (answer.ok) return;
  const told = (await answer.json().catch(() => null)) as { detail?: string; remedy?: string } | null;
  throw new Refused(`${told?.detail ?? answer.statusText} ${told?.remedy ?? ""}`);
}
