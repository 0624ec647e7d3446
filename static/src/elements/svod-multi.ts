// A control repeated: <svod-multi><div data-rows><div data-row>…</div></div>
// <template>one empty row</template><button data-add>…</button></svod-multi>.
// In a row `[data-remove]` takes it away and `.sv-handle` drags it; Alt+ArrowUp and
// Alt+ArrowDown on the handle move it by keyboard. Ids and `for` in the
// template that end with `_new` or `_new_0` get a number of their own.
import { SvodElement, define } from "../lib/element";
import { h } from "../lib/dom";
import { sortable } from "../lib/sortable";
import { text } from "../lib/texts";

const FIELDS = "input:not([type=hidden]), select, textarea, [data-remove]";

class Multi extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    if (!this.rows || !this.blank?.querySelector(".sv-handle")) return;
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    void sortable(this.rows, { item: "[data-row]", done: () => this.changed() });
  }

  private get rows(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-rows]");
  }

  private get blank(): Element | null {
    return this.querySelector<HTMLTemplateElement>(":scope > template")?.content.firstElementChild ?? null;
  }

  private onKey(event: KeyboardEvent): void {
    const handle = (event.target as Element).closest<HTMLElement>(".sv-handle");
    if (!handle || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const row = handle.closest("[data-row]");
    if (event.key === "ArrowUp") row?.previousElementSibling?.before(row);
    else row?.nextElementSibling?.after(row);
    handle.focus();
    if (row) this.say(row);
    this.changed();
  }

  private say(row: Element): void {
    const rows = [...(this.rows?.children ?? [])];
    let region = this.querySelector(":scope > [aria-live]");
    if (!region) this.append((region = h("div", { class: "visually-hidden", "aria-live": "polite" })));
    region.textContent = text("moved", { place: rows.indexOf(row) + 1, count: rows.length });
  }

  private onClick(event: MouseEvent): void {
    const source = event.target as Element;
    if (source.closest<Multi>("svod-multi") !== this) return;
    if (source.closest("[data-add]")) this.addRow();
    const button = source.closest("[data-remove]");
    if (button) this.dropRow(button.closest("[data-row]"));
  }

  private addRow(): void {
    const row = this.blank?.cloneNode(true) as HTMLElement | undefined;
    if (!row) return;
    number(row, this.nextNumber());
    this.rows?.append(row);
    row.querySelector<HTMLElement>(FIELDS)?.focus();
    this.changed();
  }

  private nextNumber(): number {
    const next = Number(this.dataset.next ?? this.rows?.childElementCount ?? 0);
    this.dataset.next = String(next + 1);
    return next;
  }

  private dropRow(row: Element | null): void {
    const near = row?.nextElementSibling ?? row?.previousElementSibling;
    row?.remove();
    (near?.querySelector<HTMLElement>(FIELDS) ?? this.querySelector<HTMLElement>("[data-add]"))?.focus();
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function number(row: HTMLElement, value: number): void {
  for (const name of ["id", "for", "aria-describedby", "list"]) {
    for (const node of row.querySelectorAll(`[${name}]`)) {
      node.setAttribute(name, (node.getAttribute(name) ?? "").replace(/_new(?![a-z])/, `_${value}`));
    }
  }
}

define("svod-multi", Multi);
