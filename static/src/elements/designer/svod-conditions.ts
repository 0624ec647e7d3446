// <svod-conditions data-row="/processes/3/condition-row/" data-list="5" data-process="1">: the
// conditions of a process as a control of a form: a hidden input `[data-json]` holds them.
// Rows are about fields of a list, or (`data-kind="process"`) about other values.
import { define } from "../../lib/element";
import { Conditions, type Request, type Row, chosen, condition } from "../grid/conditions";
import { draftOf } from "./draft";

const IS_VALUE = /^\{\{.*\}\}$/;

class ProcessConditions extends Conditions {
  protected override attach(): void {
    super.attach();
    this.listen<MouseEvent>(this, "click", (event) => this.onDynamic(event));
    this.listen(this, "input", () => this.keep());
  }

  protected override request(row: Row, number: string): Request {
    const { list = "", process = "" } = this.dataset;
    const values = { row: JSON.stringify(row), n: number, list, process, tree: JSON.stringify(draftOf(this)) };
    return { verb: "POST", url: this.dataset.row ?? "", values };
  }

  protected override read(row: HTMLElement): Row {
    const about = chosen(row, "data-field");
    if (IS_VALUE.test(about)) {
      const right = row.querySelector<HTMLInputElement>("[data-value] input")?.value ?? "";
      return { left: about, op: chosen(row, "data-op"), right };
    }
    const known = condition(row);
    if (row.dataset.kind === "process") return { field: known.field, op: "", value: [] };
    return row.dataset.kind === "dynamic" ? { ...known, dynamic: true } : known;
  }

  /** From a control of the type to a line for placeholders, and back. */
  private onDynamic(event: MouseEvent): void {
    const button = (event.target as Element).closest("[data-dynamic]");
    const row = button?.closest<HTMLElement>("[data-cond]");
    if (!row) return;
    const { field, op } = condition(row);
    void this.draw(row, { field, op, value: [], dynamic: row.dataset.kind !== "dynamic" }, "[data-value] :is(input, select)");
  }

  protected override changed(): void {
    this.keep();
    this.dispatchEvent(new Event("svod:edited", { bubbles: true }));
  }

  private keep(): void {
    const json = this.querySelector<HTMLInputElement>("[data-json]");
    const tree = this.tree();
    if (json && tree) json.value = JSON.stringify(tree);
  }
}

define("svod-conditions", ProcessConditions);
