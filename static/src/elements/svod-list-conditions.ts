// <svod-list-conditions data-row="/lists/3/filter-row/">: the conditions of a list's filter as a
// control of a form; the hidden input `[data-json]` holds them. The server draws the rows.
import { define } from "../lib/element";
import { Conditions, type Request, type Row } from "./grid/conditions";

class ListConditions extends Conditions {
  protected override attach(): void {
    super.attach();
    this.listen(this, "input", () => this.changed());
  }

  protected override request(row: Row, number: string): Request {
    const asked = new URLSearchParams({ field: String(row.field ?? ""), n: number });
    if (row.op) asked.set("op", String(row.op));
    for (const text of (row.value as string[] | undefined) ?? []) asked.append("value", text);
    return { verb: "GET", url: `${this.dataset.row}?${asked}` };
  }

  protected override changed(): void {
    const json = this.querySelector<HTMLInputElement>("[data-json]");
    const tree = this.tree();
    if (json && tree) json.value = JSON.stringify(tree);
  }
}

define("svod-list-conditions", ListConditions);
