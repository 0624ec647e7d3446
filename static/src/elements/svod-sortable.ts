// Rows in an order of the person's: <svod-sortable data-url="/fields/order/"> over children
// with `data-id`. The new order is posted as repeated `ids`. A handle `.sv-handle` (a button)
// drags; on it, or on a focused row, Alt+ArrowUp and Alt+ArrowDown move by keyboard; buttons
// with data-move="up" or "down" do the same. data-items: selector of the rows, data-list:
// selector of their parent when it is not the element itself (a tbody).
import { SvodElement, define } from "../lib/element";
import { h, post } from "../lib/dom";
import { sortable } from "../lib/sortable";
import { text } from "../lib/texts";
import { toast } from "../lib/toast";

class SortableRows extends SvodElement {
  protected attach(): void {
    const { list } = this;
    void sortable(list, { item: this.dataset.items ?? "[data-id]", done: () => void this.save() });
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
  }

  private get list(): HTMLElement {
    const selector = this.dataset.list;
    return (selector && this.querySelector<HTMLElement>(selector)) || this;
  }

  private get rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(":scope > [data-id]")];
  }

  private onKey(event: KeyboardEvent): void {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    this.move(event.target as HTMLElement, event.key === "ArrowUp" ? -1 : 1);
  }

  private onClick(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-move]");
    if (button) this.move(button, button.dataset.move === "up" ? -1 : 1);
  }

  private move(focused: HTMLElement, by: number): void {
    const row = focused.closest<HTMLElement>("[data-id]");
    const { rows } = this;
    const to = row ? rows[rows.indexOf(row) + by] : undefined;
    if (!row || !to) return;
    if (by < 0) to.before(row);
    else to.after(row);
    focused.focus();
    this.say(row);
    void this.save();
  }

  private say(row: HTMLElement): void {
    const { rows } = this;
    const words = text("moved", { place: rows.indexOf(row) + 1, count: rows.length });
    let region = this.querySelector(":scope > [aria-live]");
    if (!region) this.append((region = h("div", { class: "visually-hidden", "aria-live": "polite" })));
    region.textContent = words;
  }

  private async save(): Promise<void> {
    this.dispatchEvent(new Event("change", { bubbles: true }));
    if (!this.dataset.url) return;
    const ids = new URLSearchParams(this.rows.map((row) => ["ids", row.dataset.id ?? ""]));
    try {
      await post(this.dataset.url, ids);
    } catch (error) {
      toast(text(error instanceof TypeError ? "error_network" : (error as Error).message), "error");
    }
  }
}

define("svod-sortable", SortableRows);
