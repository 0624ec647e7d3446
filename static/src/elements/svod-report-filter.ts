// <svod-report-filter data-row="/lists/3/filter-row/">: the conditions of a report as a control
// of its form, which hears of every change.
import { define } from "../lib/element";
import { ListConditions } from "./svod-list-conditions";

class ReportFilter extends ListConditions {
  protected override changed(): void {
    super.changed();
    this.closest("form")?.dispatchEvent(new Event("change"));
  }
}

define("svod-report-filter", ReportFilter);
