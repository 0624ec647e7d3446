// <svod-chat-desk data-seen data-home data-keys data-text-lost data-text-back>: the whole desk. It
// tells every 30 seconds that somebody sits at it, keeps the number of waiting customers in the
// title, sounds, hears keys, and says when the connection is gone.
import { SvodElement, define } from "../../lib/element";
import { csrfToken } from "../../lib/dom";
import { sound } from "./sounds";
import { isOn } from "./svod-chat-switch";

interface News { conversation?: number; what?: string; from?: string; operator?: number }

export const KEYS = "svod-chat-keys";
const SEEN_MS = 30_000;
const BACK_MS = 4_000;
/** News that change nothing in the list; of one's own reading `svod-chat` tells. */
const QUIET = ["typing", "read", "customer_read", "sent"];
const FIELDS = "input, textarea, select, [contenteditable=true], [contenteditable='']";

class Desk extends SvodElement {
  private timer: number | undefined;
  private watcher: MutationObserver | undefined;
  private usual = "";

  protected attach(): void {
    // Also while another tab is looked at, a customer's card above all; what a browser delays
    // in hidden ones is told as soon as it is seen again.
    const tell = () => void this.tellSeen();
    tell();
    this.timer = window.setInterval(tell, SEEN_MS);
    this.listen(document, "visibilitychange", tell);
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.pressed(event));
    this.listen<MouseEvent>(this, "click", (event) => this.clicked(event.target as Element));
    this.listen<CustomEvent<News>>(document.body, "svod:live:chat", ({ detail }) => this.heard(detail));
    this.listen(document.body, "svod:live:lost", () => this.lost());
    this.listen(window, "offline", () => this.lost());
    this.listen(window, "online", () => void this.tellSeen().then((told) => told && this.back()));
    this.listen<DragEvent>(this, "dragover", (event) => this.keepPage(event));
    this.listen<DragEvent>(this, "drop", (event) => this.keepPage(event));
    this.listen(document.body, "svod:live:reload", () => this.back());
    this.watchCount();
  }

  protected override detach(): void {
    clearInterval(this.timer);
    this.watcher?.disconnect();
  }

  private tellSeen(): Promise<boolean> {
    const told = fetch(this.dataset.seen ?? "", { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
    return told.then((answer) => answer.ok, () => false);
  }

  /** A file that is dropped beside the conversation would be opened in the place of the desk. */
  private keepPage(event: DragEvent): void {
    if (!event.defaultPrevented && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  }

  // --- the number in the title, sounds ----------------------------------------------------

  /** The menu's own number is drawn anew by the live news; the title repeats it. */
  private watchCount(): void {
    const sign = document.querySelector(`.sv-side-link[href="${this.dataset.home}"] .sv-side-count`);
    if (!sign) return;
    this.usual ||= document.title;
    const show = () => {
      const number = /\d+\+?/.exec(sign.textContent ?? "")?.[0]; // beside it stands a word for readers
      document.title = number ? `(${number}) ${this.usual}` : this.usual;
    };
    this.watcher = new MutationObserver(show);
    this.watcher.observe(sign, { childList: true, characterData: true, subtree: true });
    show();
  }

  private heard(news: News): void {
    if (!QUIET.includes(news.what ?? "")) document.body.dispatchEvent(new Event("chat:changed"));
    const me = document.querySelector<HTMLMetaElement>('meta[name="svod-live"]')?.dataset.person;
    if (news.what === "given" && String(news.operator) === me) sound("conversation");
    else if (news.what === "message" && news.from === "customer" && !this.isLookedAt(news)) sound("message");
  }

  private isLookedAt(news: News): boolean {
    const open = this.querySelector<HTMLElement>("svod-chat")?.dataset.id;
    return String(news.conversation) === open && document.hasFocus() && !document.hidden;
  }

  // --- the connection ---------------------------------------------------------------------

  private get banner(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-desk-lost]");
  }

  private lost(): void {
    this.say(this.dataset.textLost ?? "", true);
  }

  private back(): void {
    if (!this.banner || this.banner.hidden) return;
    this.say(this.dataset.textBack ?? "", false);
    setTimeout(() => {
      if (this.banner && !this.banner.classList.contains("is-lost")) this.banner.hidden = true;
    }, BACK_MS);
  }

  private say(words: string, isLost: boolean): void {
    if (!this.banner) return;
    this.banner.hidden = false;
    this.banner.textContent = words;
    this.banner.classList.toggle("is-lost", isLost);
  }

  // --- keys and the narrow screen ---------------------------------------------------------

  private clicked(on: Element): void {
    if (!on.closest("[data-desk-about]")) return;
    this.classList.toggle("is-about");
    const shown = this.classList.contains("is-about") ? ".sv-about-back" : ".sv-talk-info";
    this.querySelector<HTMLElement>(shown)?.focus();
  }

  /** By the place of a key, so that they are the same in every layout; never while typing. */
  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog:modal")) return;
    const field = (event.target as Element).closest?.(FIELDS);
    if (field) return this.leave(event, field);
    if (!isOn(KEYS)) return;
    const done = event.key === "?" ? this.press("[data-key-help]") : this.done(event.shiftKey ? "" : event.code);
    if (done) event.preventDefault();
  }

  /** Escape leaves the box, and the keys work again. */
  private leave(event: KeyboardEvent, field: Element): void {
    if (event.key !== "Escape" || !field.closest("[data-talk-say]")) return;
    this.querySelector<HTMLElement>("[data-talk-messages]")?.focus();
  }

  private done(code: string): boolean {
    if (code === "KeyJ") return this.step(1);
    if (code === "KeyK") return this.step(-1);
    if (code === "KeyT") return this.press("[data-key-take]");
    if (code === "KeyX") return this.press("[data-key-transfer]");
    if (code === "KeyI") return this.press("[data-key-invite]");
    if (code === "KeyC") return this.press("[data-key-close]");
    if (code === "KeyM") return this.write(false);
    if (code === "KeyN") return this.write(true);
    return false;
  }

  private press(what: string): boolean {
    const found = this.querySelector<HTMLElement>(what);
    found?.click();
    return Boolean(found);
  }

  private write(note: boolean): boolean {
    const form = this.querySelector<HTMLFormElement>("[data-talk-say]");
    const box = form?.querySelector("textarea");
    if (!form || !box) return false;
    (form.elements.namedItem("note") as HTMLInputElement).checked = note;
    box.focus();
    return true;
  }

  private step(by: number): boolean {
    const rows = [...this.querySelectorAll<HTMLAnchorElement>("[data-talk]")];
    const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const next = rows[at < 0 ? 0 : at + by];
    next?.click();
    return Boolean(next);
  }
}

define("svod-chat-desk", Desk);
