// <svod-planner data-base="/lists/3/" data-page="/lists/3/calendar/">: the page of a list in a calendar.
// The calendar itself is <svod-calendar>, which the fragment brings.
import { define } from "../../lib/element";
import { ListPage } from "../grid/list-page";

class Planner extends ListPage {
  protected override attach(): void {
    super.attach();
    this.sync();
  }

  /** The calendar listens to what is saved itself; drawn anew it would forget its month. */
  protected override async reload(): Promise<void> {}

  protected drawn(): void {}
}

define("svod-planner", Planner);
