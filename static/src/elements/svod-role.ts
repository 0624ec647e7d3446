// <svod-role><select>…</select><input type="checkbox">…</svod-role>: the single rights that a
// role holds, ticked as the role is chosen (its option names them in `data-rights`); only the
// option "custom" leaves them to the person. Boxes with `data-fixed` are never theirs.
// Without the script the boxes are open always and count for "custom" alone.
import { SvodElement, define } from "../lib/element";

const CUSTOM = "custom";
const EVERYTHING = "full";

class Role extends SvodElement {
  protected attach(): void {
    const { select } = this;
    if (!select) return;
    this.listen(select, "change", () => this.draw());
    this.draw();
  }

  private get select(): HTMLSelectElement | null {
    return this.querySelector("select");
  }

  private draw(): void {
    const option = this.select?.selectedOptions[0];
    const custom = option?.value === CUSTOM;
    const rights = option?.dataset.rights?.split(" ") ?? [];
    for (const box of this.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) {
      box.disabled = !custom || "fixed" in box.dataset;
      if (!custom) box.checked = rights.includes(EVERYTHING) || rights.includes(box.value);
    }
    this.classList.toggle("is-custom", custom);
    this.classList.toggle("is-ready", !custom);
    // One right, or all of them, says no more than the role's name does.
    this.classList.toggle("is-plain", !custom && rights.length < 2);
  }
}
define("svod-role", Role);
