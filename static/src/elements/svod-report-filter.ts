// <svod-report-filter data-row="/lists/3/filter-row/">: the conditions of a report as a control
// of its form: a hidden input `[data-json]` holds them, and the form hears of every change.
import { define } from "../lib/element";
import { Conditions, type Request, type Row } from "./grid/conditions";

class ReportFilter extends Conditions {
  protected override attach(): void {
    super.attach();
    this.listen(this, "input", () => this.keep());
  }

  protected override request(row: Row, number: string): Request {
    const asked = new URLSearchParams({ field: String(row.field ?? ""), n: number });
    if (row.op) asked.set("op", String(row.op));
    for (const text of (row.value as string[] | undefined) ?? []) asked.append("value", text);
    return { verb: "GET", url: `${this.dataset.row}?${asked}` };
  }

  protected override changed(): void {
    this.keep();
    this.closest("form")?.dispatchEvent(new Event("change"));
  }

  private keep(): void {
    const json = this.querySelector<HTMLInputElement>("[data-json]");
    const tree = this.tree();
    if (json && tree) json.value = JSON.stringify(tree);
  }
}

define("svod-report-filter", ReportFilter);
