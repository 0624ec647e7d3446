// <svod-replies data-url data-suggestions data-conversation>, before the textarea of an answer:
// "/" at the beginning of a word finds quick replies while typing. Enter puts the chosen one into
// the draft, in the place of what was typed; nothing is sent. The server fills the places in the
// texts; whatever is left in braces is warned of before the answer goes. Above the draft stand
// replies that fit the customer's last words.
//
// The draft is told of replies by `data-reply` of the textarea (ids) and of files by the event
// "svod:attach" with [{id, name}].
import { SvodElement, define } from "../../lib/element";
import { h, uniqueId } from "../../lib/dom";

const TYPED = /(?:^|\s)\/([^\n/]{0,60})$/u;
const PLACE = /\{\{[^{}]*\}\}/g;
const PAUSE_MS = 60;
const CHIPS_PAUSE_MS = 400;

interface News { conversation?: number; what?: string }

class Replies extends SvodElement {
  private readonly panel = h("div", { class: "sv-replies-panel", hidden: true });
  private readonly chips = h("div", { class: "sv-replies-chips" });
  private readonly warning = h("p", { class: "sv-replies-left", role: "alert", hidden: true });
  private readonly status = h("p", { class: "visually-hidden", role: "status" });
  private readonly listId = uniqueId("replies");
  private at = 0;
  private section = "";
  private asked: string | null = null;
  private isLoading = false;
  private chooseWhenLoaded = false;
  private isQuiet = false;
  private dismissed = -1;
  private agreedTo = "";
  private timer: number | undefined;
  private chipsTimer: number | undefined;

  protected attach(): void {
    const { form, area } = this;
    if (!form || !area) return;
    this.replaceChildren(this.chips, this.panel, this.warning, this.status);
    area.setAttribute("aria-autocomplete", "list");
    area.autocomplete = "off";
    this.listen(area, "input", () => this.typed());
    this.listen(area, "blur", () => this.close());
    this.listen(area, "svod:said", () => this.chips.replaceChildren());
    // Before the chat itself, which sends by Enter.
    this.listen<KeyboardEvent>(form, "keydown", (event) => this.onKey(event), { capture: true });
    this.listen<SubmitEvent>(form, "submit", (event) => this.onSubmit(event), { capture: true });
    this.listen<PointerEvent>(this.panel, "pointerdown", (event) => this.onPress(event));
    this.listen<MouseEvent>(this.chips, "click", (event) => this.onChip(event.target as Element));
    const opener = form.querySelector("[data-replies-open]");
    if (opener) this.listen(opener, "click", () => this.open());
    this.listen<CustomEvent<News>>(document.body, "svod:live:chat", ({ detail }) => this.heard(detail));
    void this.suggest();
  }

  protected override detach(): void {
    clearTimeout(this.timer);
    clearTimeout(this.chipsTimer);
    this.close();
  }

  private get form(): HTMLFormElement | null {
    return this.closest("form");
  }

  private get area(): HTMLTextAreaElement | null {
    return this.form?.querySelector("textarea") ?? null;
  }

  private get isOpen(): boolean {
    return !this.panel.hidden;
  }

  private get options(): HTMLElement[] {
    return [...this.panel.querySelectorAll<HTMLElement>("[role=option]")];
  }

  /** What stands between the slash and the caret; null where there is no slash. */
  private get words(): string | null {
    const before = this.area?.value.slice(0, this.area.selectionStart) ?? "";
    const found = TYPED.exec(before)?.[1];
    if (found === undefined || before.length - found.length - 1 === this.dismissed) return null;
    return found;
  }

  // --- the search -------------------------------------------------------------------------

  private typed(): void {
    if (this.isQuiet) return;
    this.warning.hidden = true;
    const { area, words } = this;
    if (area && !area.value) {
      delete area.dataset.reply;
      this.dismissed = -1;
    }
    clearTimeout(this.timer);
    if (words === null) return this.close();
    this.isLoading = true;
    this.asked = words;
    this.timer = window.setTimeout(() => void this.ask(words), PAUSE_MS);
  }

  private async ask(words: string): Promise<void> {
    const query = new URLSearchParams({ q: words, section: this.section });
    const answer = await fetch(`${this.dataset.url}?${query}`).catch(() => null);
    if (!this.alive || this.asked !== words || this.words !== words) return;
    this.isLoading = false;
    if (!answer?.ok || answer.redirected) return this.fail();
    this.panel.innerHTML = await answer.text(); // drawn and escaped by the server
    // Words with a space that nothing answers to are the operator's own sentence.
    if (!this.options.length && !this.section && words.includes(" ")) return this.close();
    this.show();
    if (this.chooseWhenLoaded) this.choose();
  }

  private fail(): void {
    this.panel.replaceChildren(h("p", { class: "sv-replies-none", role: "alert" }, this.dataset.textFailed ?? ""));
    this.chooseWhenLoaded = false;
    this.panel.hidden = false;
  }

  private show(): void {
    const list = this.panel.querySelector("[data-replies-list]");
    if (list) list.id = this.listId;
    this.options.forEach((option, place) => (option.id = `${this.listId}-${place}`));
    this.panel.hidden = false;
    this.area?.setAttribute("aria-controls", this.listId);
    this.status.textContent = this.panel.querySelector<HTMLElement>("[data-status]")?.dataset.status ?? "";
    this.panel.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.mark(0);
  }

  private mark(at: number): void {
    const { options } = this;
    this.at = options.length ? (at + options.length) % options.length : 0;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    const chosen = options[this.at];
    if (!chosen) return this.area?.removeAttribute("aria-activedescendant");
    this.area?.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
    this.preview(chosen);
  }

  private preview(chosen: HTMLElement): void {
    const files = filesOf(chosen).map((file) => h("li", {}, file.name));
    this.panel.querySelector("[data-replies-preview]")?.replaceChildren(
      h("p", { class: "sv-replies-whole" }, ...marked(chosen.dataset.text ?? "")),
      ...(files.length ? [h("ul", { class: "sv-replies-files" }, ...files)] : []),
    );
  }

  private open(): void {
    const { area } = this;
    if (!area) return;
    area.focus();
    if (this.words !== null) return this.typed();
    const before = area.value.slice(0, area.selectionStart);
    area.setRangeText(before && !/\s$/.test(before) ? " /" : "/", area.selectionStart, area.selectionEnd, "end");
    this.dismissed = -1;
    this.typed();
  }

  private close(): void {
    clearTimeout(this.timer);
    this.panel.hidden = true;
    this.panel.replaceChildren();
    this.section = "";
    this.asked = null;
    this.isLoading = this.chooseWhenLoaded = false;
    this.area?.removeAttribute("aria-controls");
    this.area?.removeAttribute("aria-activedescendant");
  }

  private dismiss(): void {
    const { area, words } = this;
    if (area && words !== null) this.dismissed = area.selectionStart - words.length - 1;
    this.close();
  }

  private turn(by: number): void {
    const tabs = [...this.panel.querySelectorAll<HTMLElement>("[data-section]")];
    const now = tabs.findIndex((tab) => tab.getAttribute("aria-pressed") === "true");
    this.choosePart(tabs[(now + by + tabs.length) % tabs.length]?.dataset.section ?? "");
  }

  private choosePart(section: string): void {
    this.section = section;
    if (this.words === null) return;
    this.asked = this.words;
    this.isLoading = true;
    void this.ask(this.words);
  }

  // --- keys and presses -------------------------------------------------------------------

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.altKey && !event.ctrlKey && !event.metaKey) return this.onShortcut(event);
    if (event.target !== this.area) return;
    if (this.isOpen || this.isLoading) this.onPanelKey(event);
    else if (event.key === "Enter" && !event.shiftKey) this.askBeforeSending(event);
  }

  /** Alt+/ opens the search, Alt+1 … 3 takes a suggestion: by the place of the key, whatever
   * the layout. */
  private onShortcut(event: KeyboardEvent): void {
    const number = /^Digit([1-9])$/.exec(event.code)?.[1];
    const chip = number && this.chips.querySelectorAll("button")[Number(number) - 1];
    if (event.code === "Slash") this.open();
    else if (chip) this.onChip(chip);
    else return;
    take(event);
  }

  private onPanelKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.mark(this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at - 1);
    else if (event.key === "Tab") this.turn(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") this.dismiss();
    else if (event.key === "Enter" && !event.shiftKey) this.choose();
    else return;
    take(event);
  }

  private onPress(event: PointerEvent): void {
    const target = event.target as Element;
    if (target.closest("a")) return;
    event.preventDefault(); // the textarea keeps the focus
    const tab = target.closest<HTMLElement>("[data-section]");
    const option = target.closest<HTMLElement>("[role=option]");
    if (tab) this.choosePart(tab.dataset.section ?? "");
    else if (option) {
      this.mark(this.options.indexOf(option));
      this.choose();
    }
  }

  private onChip(target: Element): void {
    const chip = target.closest<HTMLElement>("button");
    const { area } = this;
    if (!chip || !area) return;
    const before = area.value.slice(0, area.selectionStart);
    this.insert(chip, area.selectionStart, area.selectionEnd, before && !/\s$/.test(before) ? " " : "");
    chip.remove();
  }

  // --- the draft --------------------------------------------------------------------------

  /** Enter may come before the answer of the server: then the first is taken when it is there. */
  private choose(): void {
    if (this.isLoading) {
      this.chooseWhenLoaded = true;
      return;
    }
    this.chooseWhenLoaded = false;
    const { area, words } = this;
    const chosen = this.options[this.at];
    if (!area || words === null || !chosen) return;
    this.insert(chosen, area.selectionStart - words.length - 1, area.selectionStart);
  }

  private insert(offer: HTMLElement, from: number, to: number, lead = ""): void {
    const { area } = this;
    if (!area) return;
    const others = (area.dataset.reply ?? "").split(",").filter(Boolean);
    area.setRangeText(lead + (offer.dataset.text ?? ""), from, to, "end");
    area.dataset.reply = [...new Set([...others, offer.dataset.id ?? ""])].join(",");
    const files = filesOf(offer);
    if (files.length) area.dispatchEvent(new CustomEvent("svod:attach", { bubbles: true, detail: files }));
    this.close();
    this.isQuiet = true; // a text may end with a slash of its own
    area.dispatchEvent(new Event("input", { bubbles: true }));
    this.isQuiet = false;
    area.focus();
    area.scrollTop = area.scrollHeight;
  }

  private onSubmit(event: SubmitEvent): void {
    this.askBeforeSending(event);
    if (!event.defaultPrevented) this.close();
  }

  /** Places that were not filled: once told of them, the same text goes. */
  private askBeforeSending(event: Event): void {
    const { area, form } = this;
    const note = form?.elements.namedItem("note") as HTMLInputElement | null;
    const left = area?.value.match(PLACE);
    if (!area || !left || note?.checked || this.agreedTo === area.value) {
      this.warning.hidden = true;
      this.agreedTo = "";
      return;
    }
    take(event);
    this.agreedTo = area.value;
    const { textLeft = "", textAgain = "" } = this.dataset;
    this.warning.replaceChildren(`${textLeft} `, ...marked([...new Set(left)].join(" ")), `. ${textAgain}`);
    this.warning.hidden = false;
    const place = area.value.indexOf(left[0]);
    area.focus();
    area.setSelectionRange(place, place + left[0].length);
  }

  // --- suggestions ------------------------------------------------------------------------

  private heard(news: News): void {
    if (news.what !== "message" || news.conversation !== Number(this.dataset.conversation)) return;
    clearTimeout(this.chipsTimer);
    this.chipsTimer = window.setTimeout(() => void this.suggest(), CHIPS_PAUSE_MS);
  }

  private async suggest(): Promise<void> {
    const answer = await fetch(this.dataset.suggestions ?? "").catch(() => null);
    if (!this.alive || !answer?.ok || answer.redirected) return;
    this.chips.innerHTML = await answer.text(); // drawn and escaped by the server
  }
}

/** Nobody else hears of the key or the form. */
function take(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function filesOf(offer: HTMLElement): { id: number; name: string }[] {
  return JSON.parse(offer.dataset.files || "[]") as { id: number; name: string }[];
}

/** A text with its places marked. */
function marked(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const found of text.matchAll(PLACE)) {
    parts.push(text.slice(end, found.index), h("mark", { class: "sv-replies-place" }, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

define("svod-replies", Replies);
