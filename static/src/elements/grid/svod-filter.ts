// <svod-filter data-row="/lists/3/filter-row/" data-apply="/lists/3/filter/">: the panel of
// conditions over a grid. The server draws the rows and reads the answer.
import htmx from "htmx.org";
import { define } from "../../lib/element";
import { FilterRows } from "./filter-rows";

class Filter extends FilterRows {
  protected override attach(): void {
    super.attach();
    this.listen<SubmitEvent>(this, "submit", (event) => this.onSubmit(event));
    const first = this.querySelector<HTMLElement>("[data-items]");
    if (first && !first.children.length) void this.addRow(first);
    else this.querySelector<HTMLElement>("[data-cond] select, .sv-error + *")?.focus();
  }

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    const tree = this.tree();
    const panel = this.parentElement;
    if (!tree || !panel) return;
    const values = { filter: JSON.stringify(tree) };
    const url = (this.dataset.apply ?? "") + location.search;
    void htmx.ajax("POST", url, { source: this, target: panel, swap: "innerHTML", values });
  }
}

define("svod-filter", Filter);
