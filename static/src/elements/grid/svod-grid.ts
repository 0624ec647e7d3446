// <svod-grid data-base="/lists/3/" data-page="/lists/3/">: the table of a list; the keyboard lives in
// its cells.
import htmx from "htmx.org";
import { setCookie } from "../../lib/dom";
import { define } from "../../lib/element";
import { Cells } from "./cells";
import { Groups } from "./groups";
import { Headers } from "./headers";
import type { GridHost } from "./host";
import { ListPage, type Scrolled } from "./list-page";
import { Menu } from "./menu";
import { Selection } from "./selection";

/** As in grid.css. */
const PHONE = "(max-width: 40rem)";

class Grid extends ListPage {
  private cells!: Cells;
  private selection!: Selection;
  private headers!: Headers;
  private groups!: Groups;

  protected override attach(): void {
    const host = this.host();
    this.cells = new Cells(host);
    this.selection = new Selection(host);
    this.headers = new Headers(host);
    this.groups = new Groups(host, () => this.filled());
    new Menu(host);
    super.attach();
    this.listen<Event>(this, "change", (event) => this.onChange(event));
    this.listen(document, "htmx:after:swap", () => this.foot());
    this.sync();
  }

  private host(): GridHost {
    const self = this;
    return {
      root: this,
      base: this.base,
      get area() {
        return self.area;
      },
      get state() {
        return self.area.dataset.state ?? "";
      },
      go: (url, history) => this.go(url, history),
      reload: (drop) => this.reload(drop),
      note: (name, value) => this.note(name, value),
      say: (name, values) => this.say(name, values),
      listen: (target, type, handler, options) => this.listen(target, type, handler, options),
    };
  }

  protected drawn(before: Scrolled): void {
    const own = this.dataset.rows ? this : document;
    for (const link of own.querySelectorAll<HTMLAnchorElement>("[data-grid-export]")) {
      link.href = (link.dataset.gridExport ?? "") + (this.area.dataset.whole ?? "");
    }
    const scroll = this.area.querySelector("[data-grid-scroll]");
    if (scroll) scroll.scrollLeft = before.left;
    this.labelCells();
    this.cells.refresh();
    this.headers.refresh();
    this.selection.refresh();
    this.groups.refresh();
  }

  /** Totals may have come after the page. */
  private foot(): void {
    this.labelCells();
    this.groups.stops();
  }

  /** Rows came into the table, or left it. */
  private filled(): void {
    this.labelCells();
    this.cells.refresh();
    this.selection.filled();
    this.groups.stops();
    const last = this.area.querySelector<HTMLElement>("[data-grid-last]");
    const rows = this.area.querySelectorAll("tbody tr[data-id]").length;
    if (last) last.textContent = String(Number(last.dataset.gridLast) + rows - 1);
  }

  /** Rows that were asked for beside the page come back; until then the page keeps its height,
   * or it would scroll away from them. */
  protected override async reload(drop = ""): Promise<void> {
    this.style.minHeight = `${this.offsetHeight}px`;
    await super.reload(drop);
    await this.groups.again();
    this.style.minHeight = "";
  }

  /** On a phone a row is a card: its cells carry the names of their columns, and roles that
   * the browser would take from a table. */
  private labelCells(): void {
    if (!matchMedia(PHONE).matches) return;
    const heads = [...this.area.querySelectorAll<HTMLElement>("thead th")];
    for (const row of this.area.querySelectorAll<HTMLTableRowElement>("tr")) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, place) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "columnheader" : "gridcell");
        if (place) cell.dataset.name = heads[place]?.textContent?.trim() ?? "";
      });
    }
  }

  protected override onClick(event: MouseEvent): void {
    const toggle = (event.target as Element).closest("[data-grid-tree]");
    if (toggle) this.turnTree(toggle);
    super.onClick(event);
  }

  private onChange(event: Event): void {
    const select = event.target as HTMLSelectElement;
    if (select.matches("[data-grid-section], [data-grid-view]")) void this.go(select.value);
    if (!select.matches("[data-grid-size]")) return;
    const options = { source: this, swap: "none", target: this, values: { size: select.value } };
    void htmx.ajax("POST", select.dataset.url ?? "", options);
  }

  /** The server reads the cookie, so the next page comes with the tree as it was left. */
  private turnTree(button: Element): void {
    const closed = this.classList.toggle("sv-grid-closed");
    button.setAttribute("aria-expanded", String(!closed));
    setCookie("tree", closed ? "closed" : "open");
  }
}

define("svod-grid", Grid);
