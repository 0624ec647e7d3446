// Rows of conditions that the server draws: added, removed, grouped, and gathered into JSON:
// {"and": [{"field": "PRICE", "op": "gt", "value": ["5"]}, {"or": […]}]}. The filter of the
// grid and the conditions of processes are made from it.
import htmx from "htmx.org";
import { SvodElement } from "../../lib/element";

export type Row = Record<string, unknown>;
export type Tree = Record<string, unknown>;

/** How a row is asked for; the answer takes the place of the row. */
export interface Request {
  verb: "GET" | "POST";
  url: string;
  values?: Record<string, string>;
}

/** Ids of rows made here must not meet those of the server's first drawing, nor each other where
 * a page has several sets of conditions. */
let rows = 1000;

export abstract class Conditions extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<Event>(this, "change", (event) => this.onChange(event));
    this.limit();
  }

  /** The request for a row like this one; `row` is {} for a new one. */
  protected abstract request(row: Row, number: string): Request;

  /** A row was added, removed, or its content changed. */
  protected changed(): void {}

  /** What stands in a row. */
  protected read(row: HTMLElement): Row {
    return condition(row);
  }

  protected tree(): Tree | undefined {
    const root = this.querySelector<HTMLElement>("[data-group]");
    return root ? this.gather(root) : undefined;
  }

  private gather(group: HTMLElement): Tree {
    const joiner = group.querySelector<HTMLSelectElement>(":scope > * > [data-joiner]")?.value ?? "and";
    const items = [...(group.querySelector(":scope > [data-items]")?.children ?? [])] as HTMLElement[];
    const known = items.filter((item) => item.matches("[data-cond], [data-group]"));
    return { [joiner]: known.map((item) => (item.matches("[data-cond]") ? this.read(item) : this.gather(item))) };
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
    this.changed();
  }

  protected async addRow(items: HTMLElement): Promise<void> {
    const place = document.createElement("div");
    items.append(place);
    await this.draw(place, {}, "[data-field]");
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
    if (!row || !select.matches("[data-field], [data-op]")) return this.changed();
    const given = this.read(row);
    const isOperator = select.matches("[data-op]");
    // Another question of the same field may take the same values; another field may not.
    const asked = isOperator ? given : first(given);
    void this.draw(row, asked, isOperator ? "[data-op]" : "[data-field]");
  }

  protected async draw(place: HTMLElement, row: Row, focus: string): Promise<void> {
    const items = place.parentElement;
    const index = items ? [...items.children].indexOf(place) : 0;
    rows += 1;
    const { verb, url, values } = this.request(row, String(rows));
    // Until the new row stands there, nobody should go on with the old one.
    for (const control of place.querySelectorAll<HTMLSelectElement>("select, input")) control.disabled = true;
    await htmx.ajax(verb, url, { source: place, target: place, swap: "outerHTML", ...(values && { values }) });
    items?.children[index]?.querySelector<HTMLElement>(focus)?.focus();
    this.changed();
  }
}

/** The row with nothing but what it is about. */
function first(row: Row): Row {
  return "left" in row ? { left: row.left } : { field: row.field };
}

/** A row over a field of the list. */
export function condition(row: HTMLElement): { field: string; op: string; value: string[] } {
  const controls = row.querySelectorAll<HTMLInputElement>("[data-value] :is(input, select, textarea)[name]");
  return { field: chosen(row, "data-field"), op: chosen(row, "data-op"), value: [...controls].flatMap(texts) };
}

export function chosen(row: HTMLElement, part: string): string {
  return row.querySelector<HTMLSelectElement>(`[${part}]`)?.value ?? "";
}

/** What one control would send. */
function texts(control: HTMLInputElement | HTMLSelectElement): string[] {
  if (control instanceof HTMLSelectElement) return [...control.selectedOptions].map((option) => option.value);
  if (control.disabled) return [];
  const isBox = control.type === "checkbox" || control.type === "radio";
  return isBox && !control.checked ? [] : [control.value];
}
