// <svod-list-conditions data-row="/lists/3/filter-row/">: the conditions of a list's filter as a
// control of a form; the hidden input `[data-json]` holds them. The server draws the rows.
import { define } from "../lib/element";
import { FilterRows } from "./grid/filter-rows";

export class ListConditions extends FilterRows {
  protected override attach(): void {
    super.attach();
    this.listen(this, "input", () => this.keep());
  }

  protected override changed(): void {
    this.keep();
  }

  private keep(): void {
    const json = this.querySelector<HTMLInputElement>("[data-json]");
    const tree = this.tree();
    if (json && tree) json.value = JSON.stringify(tree);
  }
}

define("svod-list-conditions", ListConditions);
