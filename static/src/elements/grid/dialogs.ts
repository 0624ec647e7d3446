// Two dialogs of the grid: <svod-grid-columns>, where a word narrows the list of columns, and
// <svod-bulk>, where the fields of a bulk edit are picked one by one.
import htmx from "htmx.org";
import { SvodElement, define } from "../../lib/element";
import { h } from "../../lib/dom";

class Columns extends SvodElement {
  protected attach(): void {
    this.listen<Event>(this, "input", (event) => {
      const box = event.target as HTMLInputElement;
      if (box.matches("[data-find]")) this.narrow(box.value.trim().toLocaleLowerCase());
    });
  }

  private narrow(word: string): void {
    for (const row of this.querySelectorAll<HTMLElement>("li[data-name]")) {
      row.hidden = !row.dataset.name?.includes(word);
    }
  }
}

class Bulk extends SvodElement {
  protected attach(): void {
    this.listen<Event>(this, "change", (event) => {
      const select = event.target as HTMLSelectElement;
      if (select.matches("[data-add-field]") && select.value) void this.add(select);
    });
    this.listen<MouseEvent>(this, "click", (event) => {
      const field = (event.target as Element).closest("[data-drop-field]")?.closest<HTMLElement>("[data-bulk-field]");
      if (field) this.drop(field);
    });
  }

  private async add(select: HTMLSelectElement): Promise<void> {
    const code = select.value;
    select.selectedOptions[0]?.remove();
    select.value = "";
    const fields = this.querySelector<HTMLElement>("[data-fields]");
    if (!fields) return;
    const url = `${this.dataset.fieldUrl}?${new URLSearchParams({ code })}`;
    await htmx.ajax("GET", url, { source: fields, target: fields, swap: "beforeend" });
    fields.lastElementChild?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  }

  private drop(field: HTMLElement): void {
    const select = this.querySelector<HTMLSelectElement>("[data-add-field]");
    select?.append(h("option", { value: field.dataset.bulkField ?? "" }, field.dataset.name ?? ""));
    field.remove();
    select?.focus();
  }
}

define("svod-grid-columns", Columns);
define("svod-bulk", Bulk);
