// <svod-chat data-id data-base="/chat/5/">: one conversation. The server draws every message;
// this asks for what is new when the live news tell of it, sends what is typed under a key of
// its own (so that a lost answer is not said twice), and leaves marks of reading.
// <svod-chat-desk data-seen>: the whole desk; tells every 30 seconds that somebody sits at it.
import { SvodElement, define } from "../../lib/element";
import { csrfToken, h } from "../../lib/dom";

interface News { conversation?: number; what?: string; seq?: number }
interface Stored { id: number; name: string }

const SEEN_MS = 30_000;
const TYPING_MS = 3_000;

async function post(url: string, body: FormData): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
  const found = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (!answer.ok) throw new Error(String(found.error ?? answer.status));
  return found;
}

class Chat extends SvodElement {
  private files: Stored[] = [];
  private typedAt = 0;
  private busy = false;
  private again = false;

  protected attach(): void {
    this.toEnd();
    this.listen<CustomEvent<News>>(document.body, "svod:live:chat", ({ detail }) => this.heard(detail));
    this.listen(document.body, "svod:live:reload", () => void this.refresh());
    this.listen(document, "visibilitychange", () => this.markRead());
    this.listen(this.messages, "scroll", () => this.messages.scrollTop < 40 && void this.earlier());
    this.markRead();
    if (!this.form) return;
    this.listen<SubmitEvent>(this.form, "submit", (event) => {
      event.preventDefault();
      void this.say();
    });
    this.listen<KeyboardEvent>(this.box, "keydown", (event) => this.pressed(event));
    this.listen(this.box, "input", () => this.typed());
    const picked = this.form.querySelector<HTMLInputElement>("input[type=file]");
    if (picked) this.listen(picked, "change", () => void this.upload(picked));
    if (!this.box.disabled && matchMedia("(min-width: 768px)").matches) this.box.focus();
  }

  private get messages(): HTMLElement {
    return this.querySelector<HTMLElement>("[data-talk-messages]")!;
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>("[data-talk-say]");
  }

  private get box(): HTMLTextAreaElement {
    return this.form!.querySelector("textarea")!;
  }

  private get base(): string {
    return this.dataset.base ?? "";
  }

  private get last(): number {
    return Number(this.messages.lastElementChild?.getAttribute("data-seq") ?? 0);
  }

  // --- what comes -------------------------------------------------------------------------

  private heard(news: News): void {
    if (news.conversation !== Number(this.dataset.id)) return;
    if (news.what === "typing") this.showTyping();
    else if (news.what === "message" || news.what === "sent") void this.refresh();
    else if (news.what === "customer_read") this.markDelivered();
  }

  /** Ask for what is new; news that come meanwhile ask once more. */
  private async refresh(): Promise<void> {
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.again) {
        this.again = false;
        await this.take(`${this.base}messages/?after=${this.last}`, (html) => this.put(html));
      }
    } finally {
      this.busy = false;
    }
  }

  private async take(url: string, put: (html: string) => void): Promise<void> {
    const answer = await fetch(url);
    if (answer.ok && this.alive) put(await answer.text());
  }

  private put(html: string): void {
    const near = this.isAtEnd();
    const known = new Set([...this.messages.children].map((one) => one.getAttribute("data-seq")));
    const made = document.createElement("template");
    made.innerHTML = html; // drawn and escaped by the server
    for (const one of [...made.content.children]) if (!known.has(one.getAttribute("data-seq"))) this.messages.append(one);
    if (near) this.toEnd();
    this.markRead();
  }

  private async earlier(): Promise<void> {
    const first = Number(this.messages.firstElementChild?.getAttribute("data-seq") ?? 1);
    if (first <= 1 || this.busy) return;
    this.busy = true;
    const height = this.messages.scrollHeight;
    await this.take(`${this.base}messages/?before=${first}`, (html) => this.messages.insertAdjacentHTML("afterbegin", html));
    this.messages.scrollTop += this.messages.scrollHeight - height;
    this.busy = false;
  }

  private isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.messages;
    return scrollHeight - scrollTop - clientHeight < 120;
  }

  private toEnd(): void {
    this.messages.scrollTop = this.messages.scrollHeight;
  }

  private showTyping(): void {
    const place = this.querySelector<HTMLElement>("[data-talk-status]");
    if (!place || place.dataset.usual) return;
    place.dataset.usual = place.textContent ?? "";
    place.textContent = this.dataset.textTyping ?? "";
    setTimeout(() => {
      place.textContent = place.dataset.usual ?? "";
      delete place.dataset.usual;
    }, 2 * TYPING_MS);
  }

  private markRead(): void {
    if (document.hidden || !this.last) return;
    const body = new FormData();
    body.set("seq", String(this.last));
    void post(`${this.base}read/`, body).catch(() => undefined);
  }

  private markDelivered(): void {
    for (const one of this.messages.querySelectorAll(".is-operator")) one.classList.add("is-read");
  }

  // --- what is said -----------------------------------------------------------------------

  private pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.say();
  }

  private typed(): void {
    if (Date.now() - this.typedAt < TYPING_MS || this.isNote) return;
    this.typedAt = Date.now();
    void post(`${this.base}typing/`, new FormData()).catch(() => undefined);
  }

  private get isNote(): boolean {
    return (this.form?.elements.namedItem("note") as HTMLInputElement | null)?.checked ?? false;
  }

  private async say(): Promise<void> {
    const said = this.box.value;
    if (!said.trim() && !this.files.length) return;
    const body = new FormData();
    body.set("text", said);
    body.set("key", (this.box.dataset.key ??= crypto.randomUUID()));
    if (this.isNote) body.set("note", "1");
    if (this.box.dataset.reply) body.set("reply", this.box.dataset.reply);
    for (const file of this.files) body.append("file", String(file.id));
    try {
      await post(`${this.base}say/`, body);
      this.said();
    } catch (error) {
      this.complain(error as Error);
    }
  }

  private said(): void {
    this.box.value = "";
    delete this.box.dataset.key;
    delete this.box.dataset.reply;
    this.files = [];
    this.drawFiles();
    this.complain();
    this.toEnd();
    void this.refresh().then(() => this.toEnd());
  }

  /** Nothing typed is lost; the same key goes with the next try. */
  private complain(error?: Error): void {
    const place = this.querySelector<HTMLElement>("[data-talk-error]");
    if (!place) return;
    place.hidden = !error;
    place.textContent = error ? `${this.dataset.textFailed ?? ""} ${error.message}` : "";
  }

  private async upload(picked: HTMLInputElement): Promise<void> {
    for (const file of picked.files ?? []) {
      const body = new FormData();
      body.set("file", file);
      try {
        this.files.push((await post(this.dataset.upload ?? "", body)) as unknown as Stored);
        this.complain();
      } catch (error) {
        this.complain(error as Error);
      }
    }
    picked.value = "";
    this.drawFiles();
  }

  private drawFiles(): void {
    const list = this.querySelector<HTMLElement>("[data-talk-files]");
    list?.replaceChildren(
      ...this.files.map((file) =>
        h("li", { class: "sv-talk-picked" }, file.name,
          h("button", { type: "button", class: "btn btn-sm", "aria-label": `× ${file.name}`, onclick: () => {
            this.files = this.files.filter((one) => one !== file);
            this.drawFiles();
          } }, "×"))),
    );
  }
}

class Desk extends SvodElement {
  private timer: number | undefined;

  protected attach(): void {
    const tell = () => {
      if (!document.hidden) void post(this.dataset.seen ?? "", new FormData()).catch(() => undefined);
    };
    tell();
    this.timer = window.setInterval(tell, SEEN_MS);
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.pressed(event));
  }

  protected override detach(): void {
    clearInterval(this.timer);
  }

  /** Alt with an arrow goes to the next conversation, Alt+T takes the one that is open. */
  private pressed(event: KeyboardEvent): void {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.code === "KeyT") this.querySelector<HTMLButtonElement>("[data-key-take]")?.click();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.step(event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  private step(by: number): void {
    const rows = [...this.querySelectorAll<HTMLAnchorElement>("[data-talk]")];
    const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    next?.click();
  }
}

define("svod-chat", Chat);
define("svod-chat-desk", Desk);
