// <svod-mentions data-url="/…/people/"><textarea name="text"></textarea></svod-mentions>: typing
// "@" and letters of a name offers people. Choosing one writes "@Surname Name" and adds a hidden
// input `mentions` with the number; without the script the text is sent as it is.
import { SvodElement, define } from "../lib/element";
import { h, uniqueId } from "../lib/dom";

interface Person {
  value: number;
  text: string;
  note: string;
}

const TYPED = /(^|\s)@([\p{L}\-]*(?: [\p{L}\-]*)?)$/u;
const PAUSE_MS = 150;

class Mentions extends SvodElement {
  private list: HTMLUListElement | undefined;
  private at = 0;
  private timer: number | undefined;
  private asked = "";

  protected attach(): void {
    const area = this.area;
    if (!area) return;
    area.setAttribute("aria-autocomplete", "list");
    area.autocomplete = "off";
    this.listen(area, "input", () => this.look());
    this.listen<KeyboardEvent>(area, "keydown", (event) => this.onKey(event));
    this.listen(area, "blur", () => this.close());
  }

  protected override detach(): void {
    this.close();
  }

  private get area(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  private get typed(): string | null {
    const area = this.area;
    const before = area?.value.slice(0, area.selectionStart) ?? "";
    return TYPED.exec(before)?.[2] ?? null;
  }

  private look(): void {
    clearTimeout(this.timer);
    const { typed } = this;
    if (typed === null) this.close();
    else this.timer = window.setTimeout(() => void this.ask(typed), PAUSE_MS);
  }

  private async ask(typed: string): Promise<void> {
    this.asked = typed;
    const answer = await fetch(`${this.dataset.url}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer?.ok || answer.redirected || this.asked !== typed || this.typed !== typed) return;
    const { results } = (await answer.json()) as { results: Person[] };
    if (results.length) this.show(results);
    else this.close();
  }

  private show(people: Person[]): void {
    this.close();
    const id = uniqueId("mentions");
    const options = people.map((person, place) => this.option(person, `${id}-${place}`));
    this.list = h("ul", { class: "sv-mentions", role: "listbox", id, "aria-label": "@" }, ...options);
    this.area?.after(this.list);
    this.area?.setAttribute("aria-controls", id);
    this.mark(0);
  }

  private option(person: Person, id: string): HTMLLIElement {
    const note = person.note ? [h("span", { class: "text-secondary" }, person.note)] : [];
    // The textarea keeps the focus, so the press is taken before it would go.
    const onpointerdown = (event: Event) => (event.preventDefault(), this.choose(person));
    const option = h("li", { role: "option", id, class: "sv-mentions-one", onpointerdown }, h("span", {}, person.text), ...note);
    option.dataset.person = JSON.stringify(person);
    return option;
  }

  private mark(at: number): void {
    const options = [...(this.list?.children ?? [])];
    this.at = (at + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    const chosen = options[this.at];
    if (chosen) this.area?.setAttribute("aria-activedescendant", chosen.id);
    chosen?.scrollIntoView({ block: "nearest" });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.closest("form")?.requestSubmit();
      return;
    }
    if (!this.list) return;
    const chosen = this.list.children[this.at] as HTMLElement | undefined;
    if (event.key === "ArrowDown") this.mark(this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at - 1);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) this.choose(JSON.parse(chosen.dataset.person ?? "{}"));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private choose(person: Person): void {
    const { area, typed } = this;
    if (!area || typed === null) return;
    const end = area.selectionStart;
    area.setRangeText(`@${person.text} `, end - typed.length - 1, end, "end");
    if (!this.querySelector(`input[value="${person.value}"]`)) {
      this.append(h("input", { type: "hidden", name: "mentions", value: String(person.value) }));
    }
    this.close();
    area.focus();
  }

  private close(): void {
    clearTimeout(this.timer);
    this.list?.remove();
    this.list = undefined;
    this.area?.removeAttribute("aria-controls");
    this.area?.removeAttribute("aria-activedescendant");
  }
}

define("svod-mentions", Mentions);
