// <svod-picked>: rows with check boxes `name="ids"` and deeds for the chosen ones.
//   <svod-picked><form>… <input data-pick-all> <input data-pick-found> <button name="deed">
// Deeds are off until something is chosen; "all found" makes the choice of rows idle.
import { SvodElement, define } from "../lib/element";

class Picked extends SvodElement {
  protected attach(): void {
    this.listen<Event>(this, "change", (event) => this.changed(event.target as HTMLInputElement));
    // Rows that "show more" added are not chosen by the box above them.
    this.listen(this, "htmx:after:swap", () => this.show());
    this.show();
  }

  private get rows(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('input[name="ids"]')];
  }

  private changed(box: HTMLInputElement): void {
    if (box.matches("[data-pick-all]")) for (const row of this.rows) row.checked = box.checked;
    this.show();
  }

  private show(): void {
    const { rows } = this;
    const found = this.querySelector<HTMLInputElement>("[data-pick-found]");
    const chosen = rows.filter((row) => row.checked).length;
    const all = this.querySelector<HTMLInputElement>("[data-pick-all]");
    if (all) {
      all.checked = chosen > 0 && chosen === rows.length;
      all.indeterminate = chosen > 0 && chosen < rows.length;
      all.disabled = Boolean(found?.checked);
    }
    for (const row of rows) row.disabled = Boolean(found?.checked);
    const idle = !chosen && !found?.checked;
    for (const button of this.querySelectorAll<HTMLButtonElement>('button[name="deed"]')) button.disabled = idle;
  }
}

define("svod-picked", Picked);
