// <svod-chat data-id data-base="/chat/5/">: one conversation. The server draws every message;
// this asks for what is new when the live news tell of it, sends what is typed under a key of
// its own (so that a lost answer is not said twice), and leaves marks of reading. The box is
// free while an answer is on its way; one that does not come through returns into it.
import { again } from "../../lib/again";
import { SvodElement, define } from "../../lib/element";
import { h } from "../../lib/dom";
import { randomHex } from "../../lib/random";
import { post } from "./calls";
import { type Draft, type Stored, isEmpty, isSame, joined, keepDrafts, keptDrafts } from "./drafts";
import { showLeft } from "./left";
import { type Outcome, send, takeBack } from "./outbox";

interface News { conversation?: number; what?: string; seq?: number }

const TYPING_MS = 3_000;

class Chat extends SvodElement {
  private files: Stored[] = [];
  private tried: Draft | undefined;
  private typedAt = 0;
  private looksBack = false;
  private seenTo = 0;
  private readTo = 0;
  /** Whoever reads the last message goes on to see it when a keyboard or files take room. */
  private staysAtEnd = true;
  private readonly room = new ResizeObserver(() => this.staysAtEnd && this.toEnd());

  protected attach(): void {
    this.toEnd();
    this.listen<CustomEvent<News>>(document.body, "svod:live:chat", ({ detail }) => this.heard(detail));
    this.listen(document.body, "svod:live:reload", () => void this.refresh());
    this.listen(document, "visibilitychange", () => this.markRead());
    this.listen(this.messages, "scroll", () => this.scrolled());
    this.room.observe(this.messages);
    if (this.news) this.listen(this.news, "click", () => this.toEnd());
    this.markRead();
    this.listen<CustomEvent<Outcome>>(document.body, "chat:said", ({ detail }) => this.said(detail));
    if (!this.form) return this.takeBack();
    this.listen<SubmitEvent>(this.form, "submit", (event) => {
      event.preventDefault();
      this.say();
    });
    this.listen<KeyboardEvent>(this.box, "keydown", (event) => this.pressed(event));
    this.listen(this.box, "input", () => this.typed());
    this.listen<CustomEvent<Stored[]>>(this.box, "svod:attach", ({ detail }) => this.attachFiles(detail));
    const picked = this.form.querySelector<HTMLInputElement>("input[type=file]");
    if (picked) this.listen(picked, "change", () => void this.uploadPicked(picked));
    this.takeDropped();
    this.restore();
    // Whoever is not in it chooses first what to do: the letters stay those of the desk.
    if (this.dataset.inside !== undefined && matchMedia("(min-width: 768px)").matches) this.box.focus();
  }

  protected override detach(): void {
    this.room.disconnect();
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

  private get news(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-talk-new]");
  }

  private get own(): string {
    return this.dataset.id ?? "";
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
    else if (news.what === "message") void this.refresh();
    else if (news.what === "sent") void this.redraw(news.seq ?? 0);
    else if (news.what === "customer_read") this.markSeen(news.seq ?? 0);
    else if (news.what === "customer") this.tellCard();
    else if (news.what === "gone") void this.renew();
  }

  /** Somebody took it, gave it away or closed it: what may be done now is another. */
  private readonly renew = again(async (isLast) => {
    this.tellCard();
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
    const answer = await fetch(this.base, { headers }).catch(() => null); // the next news ask again
    const html = answer?.ok ? await answer.text() : "";
    if (answer?.status === 404) this.gone();
    else if (html && isLast()) this.drawAnew(html);
  });

  /** It is another's. */
  private gone(): void {
    this.form?.remove();
    this.takeBack();
  }

  /** What is typed stays in the box, or where there is none any more it is shown to be copied. */
  private drawAnew(html: string): void {
    const made = document.createElement("template");
    made.innerHTML = html; // drawn and escaped by the server
    const fresh = made.content.querySelector<Chat>("svod-chat");
    if (!this.alive || !fresh || fresh.dataset.state === this.dataset.state) return;
    const typed = this.form ? this.box.value : "";
    this.replaceWith(fresh);
    const box = fresh.querySelector("textarea");
    if (box && !box.value) box.value = typed;
    void fresh.refresh();
  }

  private tellCard(): void {
    document.body.dispatchEvent(new CustomEvent("chat:customer"));
  }

  /** A message that is known already, as it stands now: sent, or refused by the channel. */
  private async redraw(seq: number): Promise<void> {
    await this.take(`${this.base}messages/?after=${seq - 1}`, (html) => {
      const made = document.createElement("template");
      made.innerHTML = html; // drawn and escaped by the server
      const fresh = made.content.querySelector(`[data-seq="${seq}"]`);
      if (fresh) this.messages.querySelector(`[data-seq="${seq}"]`)?.replaceWith(fresh);
    });
  }

  /** Ask for what is new, portion by portion. */
  private readonly refresh = again(() =>
    this.take(`${this.base}messages/?after=${this.last}`, (html) => {
      if (this.put(html) >= Number(this.dataset.portion)) void this.refresh();
    }));

  private async take(url: string, put: (html: string) => void): Promise<void> {
    const answer = await fetch(url).catch(() => null); // the next news ask again
    if (answer?.ok && this.alive) put(await answer.text());
  }

  /** How many it had not had yet. */
  private put(html: string): number {
    const near = this.isAtEnd();
    const known = new Set([...this.messages.children].map((one) => one.getAttribute("data-seq")));
    const made = document.createElement("template");
    made.innerHTML = html; // drawn and escaped by the server
    const fresh = [...made.content.children].filter((one) => !known.has(one.getAttribute("data-seq")));
    this.messages.append(...fresh);
    this.markSeen(0); // the mark may have come before what it is about
    if (fresh.some((one) => one.matches(".is-system"))) void this.renew();
    if (near) this.toEnd();
    else this.countNew(fresh.filter((one) => one.matches(".is-customer")).length);
    this.markRead();
    return fresh.length;
  }

  // --- where one reads --------------------------------------------------------------------

  private scrolled(): void {
    this.staysAtEnd = this.isAtEnd();
    if (this.messages.scrollTop < 40) void this.earlier();
    if (this.isAtEnd() && this.news && !this.news.hidden) {
      this.news.hidden = true;
      this.markRead();
    }
  }

  /** Whoever reads further up is told how many have come below. */
  private countNew(more: number): void {
    const sign = this.news;
    if (!sign || !more) return;
    const number = (sign.hidden ? 0 : Number(sign.dataset.count)) + more;
    sign.dataset.count = String(number);
    sign.textContent = `${sign.dataset.text}: ${number}`;
    sign.hidden = false;
  }

  private async earlier(): Promise<void> {
    const first = Number(this.messages.firstElementChild?.getAttribute("data-seq") ?? 1);
    if (first <= 1 || this.looksBack) return;
    this.looksBack = true;
    try {
      await this.take(`${this.base}messages/?before=${first}`, (html) => {
        const height = this.messages.scrollHeight;
        this.messages.insertAdjacentHTML("afterbegin", html);
        this.messages.scrollTop += this.messages.scrollHeight - height;
      });
    } finally {
      this.looksBack = false;
    }
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
    const { last } = this;
    if (document.hidden || last <= this.readTo || !this.isAtEnd()) return;
    this.readTo = last;
    const body = new FormData();
    body.set("seq", String(last));
    const told = () => document.body.dispatchEvent(new Event("chat:changed")); // the number beside it
    void post(`${this.base}read/`, body).then(told, () => (this.readTo = 0));
  }

  /** The customer's window has shown the answers up to this number. */
  private markSeen(seq: number): void {
    this.seenTo = Math.max(this.seenTo, seq);
    for (const one of this.messages.querySelectorAll<HTMLElement>(".is-operator:not(.is-read)")) {
      if (Number(one.dataset.seq) > this.seenTo) continue;
      one.classList.add("is-read");
      const sign = one.querySelector(".sv-said-state");
      if (sign) sign.textContent = this.dataset.textRead ?? "";
    }
  }

  // --- what is said -----------------------------------------------------------------------

  private pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.say();
  }

  private typed(): void {
    this.keep();
    if (Date.now() - this.typedAt < TYPING_MS || this.isNote) return;
    this.typedAt = Date.now();
    void post(`${this.base}typing/`, new FormData()).catch(() => undefined);
  }

  private get noteSwitch(): HTMLInputElement {
    return this.form!.elements.namedItem("note") as HTMLInputElement;
  }

  private get isNote(): boolean {
    return this.noteSwitch.checked;
  }

  private say(): void {
    const { draft } = this;
    if (isEmpty(draft)) return;
    this.fill({ text: "", note: draft.note, files: [] });
    this.box.dispatchEvent(new Event("svod:said"));
    send(this.own, `${this.base}say/`, { ...draft, key: draft.key ?? randomHex(16) });
  }

  /** What was refused stands before what was typed meanwhile; it may have come all the same, and
   * is shown then. */
  private said({ conversation, error }: Outcome): void {
    if (conversation !== this.own) return;
    this.complain(error);
    if (error) this.takeBack();
    else this.toEnd();
    void this.refresh().then(() => (error ? undefined : this.toEnd()));
  }

  private complain(error?: Error): void {
    const place = this.querySelector<HTMLElement>("[data-talk-error]");
    if (!place) return;
    place.hidden = !error;
    place.textContent = error ? `${this.dataset.textFailed ?? ""} ${error.message}` : "";
  }

  // --- drafts and files -------------------------------------------------------------------

  /** What stands in the box; it keeps the key of the last try for as long as it is the same, so
   * that it is not said twice, and a correction is not taken for it. */
  private get draft(): Draft {
    const now = { text: this.box.value, note: this.isNote, reply: this.box.dataset.reply, files: this.files };
    return this.tried && isSame(this.tried, now) ? { ...now, key: this.tried.key } : now;
  }

  private fill(draft: Draft): void {
    this.tried = draft;
    this.box.value = draft.text;
    this.box.dataset.reply = draft.reply ?? "";
    this.noteSwitch.checked = draft.note;
    this.files = [...draft.files];
    this.drawFiles();
    this.keep();
  }

  private keep(): void {
    keepDrafts("draft", this.own, isEmpty(this.draft) ? [] : [this.draft]);
  }

  private restore(): void {
    const kept = keptDrafts("draft", this.own);
    if (kept.length) this.fill(joined(kept));
    this.takeBack();
  }

  private takeBack(): void {
    const back = takeBack(this.own);
    if (!this.form) return showLeft(this.querySelector("[data-talk-left]"), this.own, back);
    if (back.length) this.fill(joined([...back, this.draft]));
  }

  /** Files dropped on the conversation, pictures pasted into the box. */
  private takeDropped(): void {
    this.listen<DragEvent>(this, "dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.classList.add("is-dropping");
    });
    this.listen<DragEvent>(this, "dragleave", (event) => {
      if (!this.contains(event.relatedTarget as Node | null)) this.classList.remove("is-dropping");
    });
    this.listen<DragEvent>(this, "drop", (event) => {
      this.classList.remove("is-dropping");
      this.takeFiles(event, event.dataTransfer);
    });
    this.listen<ClipboardEvent>(this.box, "paste", (event) => this.takeFiles(event, event.clipboardData));
  }

  private takeFiles(event: Event, given: DataTransfer | null): void {
    if (!given?.files.length) return;
    event.preventDefault();
    void this.upload([...given.files]);
  }

  private async uploadPicked(picked: HTMLInputElement): Promise<void> {
    await this.upload([...(picked.files ?? [])]);
    picked.value = "";
  }

  private async upload(files: File[]): Promise<void> {
    for (const file of files) {
      const body = new FormData();
      body.set("file", file);
      try {
        const stored = (await post(this.dataset.upload ?? "", body)) as unknown as Stored;
        this.files.push(stored); // the list of now: another answer may have gone meanwhile
        this.complain();
      } catch (error) {
        this.complain(error as Error);
      }
    }
    this.drawFiles();
    this.keep();
  }

  /** Files that are in the portal already: those of a quick reply. */
  private attachFiles(given: Stored[]): void {
    const known = new Set(this.files.map((file) => file.id));
    this.files.push(...given.filter((file) => !known.has(file.id)));
    this.drawFiles();
    this.keep();
  }

  private drawFiles(): void {
    const list = this.querySelector<HTMLElement>("[data-talk-files]");
    list?.replaceChildren(
      ...this.files.map((file) =>
        h("li", { class: "sv-talk-picked" }, file.name,
          h("button", { type: "button", class: "btn btn-sm", "aria-label": `× ${file.name}`, onclick: () => {
            this.files = this.files.filter((one) => one !== file);
            this.drawFiles();
            this.keep();
          } }, "×"))),
    );
  }
}

define("svod-chat", Chat);
