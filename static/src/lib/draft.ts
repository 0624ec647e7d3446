// Keeps what is typed in a form on the server: a little after the last key, and at once when the
// page or the drawer is left. `data-draft` of the form is the address; while an older draft is
// offered (`.sv-draft`) only leaving puts the new text in its place.
import { csrfToken } from "./dom";
import { toast } from "./toast";

const QUIET_MS = 1500;
const TOO_LONG = 413;

export class Draft {
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private sending: AbortController | undefined;
  private unsaved = false;
  private told = false;
  private sent = false;

  constructor(private readonly form: HTMLFormElement) {
    // What the server refused, or brought back, is lost as easily as what was typed just now.
    this.unsaved = form.dataset.begun !== undefined;
  }

  noted(event: Event): void {
    // A form that closes after its save lets the last control tell of its change once more.
    if (this.sent && event.type === "change") return;
    this.sent = false;
    this.unsaved = true;
    clearTimeout(this.waiting);
    if (!this.form.parentElement?.querySelector(".sv-draft")) this.waiting = setTimeout(() => void this.send(), QUIET_MS);
  }

  /** The form itself is on its way: what it brings needs no draft. */
  submitted(): void {
    clearTimeout(this.waiting);
    this.sending?.abort();
    this.unsaved = false;
    this.sent = true;
  }

  /** The page or the drawer goes. */
  left(): void {
    clearTimeout(this.waiting);
    if (!this.unsaved) return;
    this.sending?.abort();
    this.unsaved = !navigator.sendBeacon(this.address, this.typed());
  }

  private get address(): string {
    return this.form.dataset.draft ?? "";
  }

  private async send(): Promise<void> {
    this.sending?.abort();
    this.sending = new AbortController();
    this.unsaved = false;
    try {
      const options = { method: "POST", body: this.typed(), headers: { "X-CSRFToken": csrfToken() }, signal: this.sending.signal };
      const answer = await fetch(this.address, options);
      if (answer.status === TOO_LONG) this.tell(await answer.text());
    } catch {
      this.unsaved = true; // no connection: tried again with the next key, and at leaving
    }
  }

  private tell(text: string): void {
    if (!this.told) toast(text, "warning");
    this.told = true;
  }

  /** Texts alone: a file is sent by its own control, or with the form. */
  private typed(): URLSearchParams {
    const texts = [...new FormData(this.form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
    return new URLSearchParams(texts);
  }
}
