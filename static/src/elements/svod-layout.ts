// <svod-layout>: sections with fields in them, both dragged; on a focused field Alt+ArrowUp and
// Alt+ArrowDown move it, into the next section too; on a section's handle they move the section.
// What stands there goes as JSON in the hidden input `layout` when the form is sent.
import { SvodElement, define } from "../lib/element";
import { sortable } from "../lib/sortable";

class Layout extends SvodElement {
  protected attach(): void {
    const { sections } = this;
    if (!sections) return;
    void sortable(sections, { item: "[data-section]:not([data-hidden])", handle: "[data-section-handle]", done: () => this.store() });
    this.querySelectorAll<HTMLElement>("[data-fields]").forEach((list) => this.open(list));
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen(this, "input", () => this.store());
    this.store();
  }

  private get sections(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-sections]");
  }

  private get lists(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-sections] [data-fields]")];
  }

  private open(list: HTMLElement): void {
    void sortable(list, { item: "[data-field]", group: "fields", done: () => this.store() });
  }

  private onKey(event: KeyboardEvent): void {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const target = event.target as HTMLElement;
    const up = event.key === "ArrowUp";
    const moved = target.matches("[data-field]") ? this.moveField(target, up) : target.closest("[data-section-handle]") ? this.moveSection(target, up) : false;
    if (!moved) return;
    event.preventDefault();
    target.focus();
    this.store();
  }

  private moveField(field: HTMLElement, up: boolean): boolean {
    const beside = up ? field.previousElementSibling : field.nextElementSibling;
    if (beside) {
      if (up) beside.before(field);
      else beside.after(field);
    } else {
      const { lists } = this;
      const next = lists[lists.indexOf(field.parentElement as HTMLElement) + (up ? -1 : 1)];
      if (!next) return false;
      if (up) next.append(field);
      else next.prepend(field);
    }
    this.say(field);
    return true;
  }

  private moveSection(handle: HTMLElement, up: boolean): boolean {
    const section = handle.closest<HTMLElement>("[data-section]");
    const beside = up ? section?.previousElementSibling : section?.nextElementSibling;
    if (!section || !(beside instanceof HTMLElement) || beside.dataset.hidden !== undefined) return false;
    if (up) beside.before(section);
    else beside.after(section);
    return true;
  }

  private say(field: HTMLElement): void {
    const region = this.querySelector("[data-say]");
    const section = field.closest("[data-section]");
    const name = section?.querySelector<HTMLInputElement>("[data-name]")?.value ?? section?.querySelector("h2")?.textContent ?? "";
    const place = [...(field.parentElement?.children ?? [])].indexOf(field) + 1;
    const words: Record<string, string> = { name: field.textContent?.trim() ?? "", section: name.trim(), place: String(place) };
    if (region) region.textContent = (this.dataset.moved ?? "").replace(/\{(\w+)\}/g, (_all, key: string) => words[key] ?? "");
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-add-section]")) this.add();
    const section = target.closest("[data-remove-section]")?.closest<HTMLElement>("[data-section]");
    if (section) this.remove_(section);
  }

  private add(): void {
    const blank = this.querySelector("template")?.content.firstElementChild;
    const hidden = this.querySelector("[data-hidden]");
    if (!blank || !hidden) return;
    const section = document.importNode(blank, true) as HTMLElement;
    hidden.before(section);
    const list = section.querySelector<HTMLElement>("[data-fields]");
    if (list) this.open(list);
    section.querySelector<HTMLInputElement>("[data-name]")?.focus();
    this.store();
  }

  /** Its fields go to the section before or behind it; the last one stays. */
  private remove_(section: HTMLElement): void {
    const all = [...this.querySelectorAll<HTMLElement>("[data-sections] [data-section]:not([data-hidden])")];
    const at = all.indexOf(section);
    const heir = (all[at - 1] ?? all[at + 1])?.querySelector("[data-fields]");
    if (!heir) return;
    heir.append(...section.querySelectorAll("[data-field]"));
    section.remove();
    this.store();
  }

  private store(): void {
    const input = this.querySelector<HTMLInputElement>("input[name=layout]");
    const sections = [...this.querySelectorAll<HTMLElement>("[data-sections] [data-section]")].map((section) => ({
      name: section.querySelector<HTMLInputElement>("[data-name]")?.value ?? "",
      fields: [...section.querySelectorAll<HTMLElement>("[data-field]")].map((field) => Number(field.dataset.field)),
    }));
    if (input) input.value = JSON.stringify(sections);
  }
}

define("svod-layout", Layout);
