// <svod-filter data-row="/lists/3/filter-row/">: the panel of conditions. The server draws the
// rows and reads the answer; here the rows are only added, removed and gathered into JSON:
// {"and": [{"field": "PRICE", "op": "gt", "value": ["5"]}, {"or": […]}]}.
import htmx from "htmx.org";
import { SvodElement, define } from "../../lib/element";

type Tree = { field: string; op: string; value: string[] } | Record<string, unknown[]>;

/** Ids of rows made here must not meet those of the server's first drawing. */
const FIRST_NUMBER = 1000;

class Filter extends SvodElement {
  private number = FIRST_NUMBER;

  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<Event>(this, "change", (event) => this.onChange(event));
    this.listen<SubmitEvent>(this, "submit", (event) => this.onSubmit(event));
    this.limit();
    const first = this.querySelector<HTMLElement>("[data-items]");
    if (first && !first.children.length) void this.addRow(first);
    else this.querySelector<HTMLElement>("[data-cond] select, .sv-error + *")?.focus();
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const group = target.closest<HTMLElement>("[data-group]");
    const items = group?.querySelector<HTMLElement>(":scope > [data-items]");
    if (target.closest("[data-add-row]") && items) void this.addRow(items);
    if (target.closest("[data-add-group]") && items) this.addGroup(items);
    const drop = target.closest("[data-drop]");
    if (drop) this.drop(drop);
  }

  private drop(button: Element): void {
    const gone = button.closest<HTMLElement>("[data-cond], [data-group]");
    const near = gone?.parentElement?.closest<HTMLElement>("[data-group]");
    gone?.remove();
    near?.querySelector<HTMLElement>("[data-add-row]")?.focus();
  }

  private async addRow(items: HTMLElement): Promise<void> {
    const place = document.createElement("div");
    items.append(place);
    await this.draw(place, new URLSearchParams(), "[data-field]");
  }

  private addGroup(items: HTMLElement): void {
    const template = this.querySelector<HTMLTemplateElement>("template[data-group]");
    const group = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    if (!group) return;
    items.append(group);
    this.limit();
    const own = group.querySelector<HTMLElement>("[data-items]");
    if (own) void this.addRow(own);
  }

  /** Groups may stand three deep: the innermost has no button for another. */
  private limit(): void {
    for (const button of this.querySelectorAll<HTMLElement>("[data-group] [data-group] [data-group] [data-add-group]")) {
      button.hidden = true;
    }
  }

  private onChange(event: Event): void {
    const select = event.target as HTMLSelectElement;
    const row = select.closest<HTMLElement>("[data-cond]");
    if (!row || !select.matches("[data-field], [data-op]")) return;
    const { field, op, value } = condition(row);
    const asked = new URLSearchParams({ field });
    // Another question of the same field may take the same values; another field may not.
    if (select.matches("[data-op]")) {
      asked.set("op", op);
      for (const text of value) asked.append("value", text);
    }
    void this.draw(row, asked, select.matches("[data-op]") ? "[data-op]" : "[data-field]");
  }

  private async draw(place: HTMLElement, asked: URLSearchParams, focus: string): Promise<void> {
    const items = place.parentElement;
    const index = items ? [...items.children].indexOf(place) : 0;
    this.number += 1;
    asked.set("n", String(this.number));
    // Until the new row stands there, nobody should go on with the old one.
    for (const control of place.querySelectorAll<HTMLSelectElement>("select, input")) control.disabled = true;
    await htmx.ajax("GET", `${this.dataset.row}?${asked}`, { source: place, target: place, swap: "outerHTML" });
    items?.children[index]?.querySelector<HTMLElement>(focus)?.focus();
  }

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    const root = this.querySelector<HTMLElement>("[data-group]");
    const panel = this.parentElement;
    if (!root || !panel) return;
    const values = { filter: JSON.stringify(tree(root)) };
    const url = (this.dataset.apply ?? "") + location.search;
    void htmx.ajax("POST", url, { source: this, target: panel, swap: "innerHTML", values });
  }
}

function tree(group: HTMLElement): Tree {
  const joiner = group.querySelector<HTMLSelectElement>(":scope > * > [data-joiner]")?.value ?? "and";
  const items = [...(group.querySelector(":scope > [data-items]")?.children ?? [])] as HTMLElement[];
  const known = items.filter((item) => item.matches("[data-cond], [data-group]"));
  return { [joiner]: known.map((item) => (item.matches("[data-cond]") ? condition(item) : tree(item))) };
}

function condition(row: HTMLElement): { field: string; op: string; value: string[] } {
  const chosen = (part: string) => row.querySelector<HTMLSelectElement>(`[${part}]`)?.value ?? "";
  const controls = row.querySelectorAll<HTMLInputElement>("[data-value] :is(input, select, textarea)[name]");
  return { field: chosen("data-field"), op: chosen("data-op"), value: [...controls].flatMap(texts) };
}

/** What one control would send. */
function texts(control: HTMLInputElement | HTMLSelectElement): string[] {
  if (control instanceof HTMLSelectElement) return [...control.selectedOptions].map((option) => option.value);
  if (control.disabled) return [];
  const isBox = control.type === "checkbox" || control.type === "radio";
  return isBox && !control.checked ? [] : [control.value];
}

define("svod-filter", Filter);
