// A control repeated: <svod-multi><div data-rows><div data-row>…</div></div>
// <template>one empty row</template><button data-add>…</button></svod-multi>.
// In a row `[data-remove]` takes it away and `.sv-handle` drags it. Ids and `for` in the
// template that end with `_new` or `_new_0` get a number of their own.
import { SvodElement, define } from "../lib/element";
import { sortable } from "../lib/sortable";

const FIELDS = "input:not([type=hidden]), select, textarea, [data-remove]";

class Multi extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    if (this.rows?.querySelector(".sv-handle")) void sortable(this.rows, { item: "[data-row]", done: () => this.changed() });
  }

  private get rows(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-rows]");
  }

  private onClick(event: MouseEvent): void {
    const source = event.target as Element;
    if (source.closest<Multi>("svod-multi") !== this) return;
    if (source.closest("[data-add]")) this.addRow();
    const button = source.closest("[data-remove]");
    if (button) this.dropRow(button.closest("[data-row]"));
  }

  private addRow(): void {
    const template = this.querySelector<HTMLTemplateElement>(":scope > template");
    const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
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
