// The inbox: <svod-tasks> around rows with check boxes and a bulk form with `[data-all]`
// (chooses every approval) and `[data-number]` (how many are chosen).
import { SvodElement, define } from "../lib/element";

class Tasks extends SvodElement {
  protected attach(): void {
    const all = this.querySelector<HTMLInputElement>("[data-all]");
    if (all) {
      this.listen(all, "change", () => {
        for (const box of this.boxes()) box.checked = all.checked;
        this.count();
      });
    }
    this.listen(this, "change", () => this.count());
  }

  private boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('input[name="task"]')];
  }

  private count(): void {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked).length;
    const all = this.querySelector<HTMLInputElement>("[data-all]");
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const number = this.querySelector("[data-number]");
    if (number) number.textContent = chosen ? String(chosen) : "";
  }
}

define("svod-tasks", Tasks);
