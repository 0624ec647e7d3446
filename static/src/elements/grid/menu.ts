// The menu of a row: by its button, by the right mouse button, by the menu key.
import htmx from "htmx.org";
import { stepAround } from "../../lib/menu-keys";
import { GAP, closedBy, showAt } from "../../lib/menu-place";
import { toast } from "../../lib/toast";
import { type GridHost, below, codeOf, rowOf } from "./host";

const NEEDS = { edit: "change", move: "change", copy: "add", delete: "delete" };

export class Menu {
  private row: HTMLTableRowElement | null = null;
  private cell: HTMLTableCellElement | null = null;
  private opener: HTMLElement | null = null;

  constructor(private readonly host: GridHost) {
    const { root, listen } = host;
    listen<MouseEvent>(root, "click", (event) => this.onClick(event));
    listen<MouseEvent>(root, "contextmenu", (event) => this.onContext(event));
    const { menu } = this;
    if (!menu) return;
    listen<KeyboardEvent>(menu, "keydown", (event) => stepAround(event, this.items));
    listen<ToggleEvent>(menu, "toggle", (event) => event.newState === "closed" && closedBy(this.opener));
  }

  private get menu(): HTMLElement | null {
    return this.host.root.querySelector<HTMLElement>("[data-row-menu]");
  }

  private get items(): HTMLElement[] {
    return [...(this.menu?.querySelectorAll<HTMLElement>("[data-act]") ?? [])].filter((item) => !item.hidden);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const button = target.closest<HTMLElement>(".sv-grid-more");
    const act = target.closest<HTMLElement>("[data-row-menu] [data-act]");
    if (button) {
      const box = button.getBoundingClientRect();
      this.show(rowOf(button), null, button, box.left, box.bottom + GAP);
    } else if (act) {
      this.menu?.hidePopover();
      void this.act(act.dataset.act ?? "");
    }
  }

  private onContext(event: MouseEvent): void {
    const target = event.target as Element;
    const cell = target.closest<HTMLTableCellElement>("tbody td");
    if (!cell || event.shiftKey || target.closest(".sv-cell-edit")) return;
    event.preventDefault();
    const box = cell.getBoundingClientRect();
    const byKey = event.button !== 2;
    const [x, y] = byKey ? [box.left + GAP, box.bottom] : [event.clientX, event.clientY];
    this.show(rowOf(cell), cell.cellIndex ? cell : null, cell, x, y);
  }

  private show(row: HTMLTableRowElement | null, cell: HTMLTableCellElement | null, opener: HTMLElement, x: number, y: number): void {
    const { menu } = this;
    if (!menu || !row) return;
    [this.row, this.cell, this.opener] = [row, cell, opener];
    this.address(menu, row);
    showAt(menu, opener, x, y);
    this.items[0]?.focus();
  }

  /** Addresses of this row's element for the links among the items. */
  private address(menu: HTMLElement, row: HTMLTableRowElement): void {
    const id = row.dataset.id ?? "";
    const page = this.page(id);
    menu.querySelector('[data-act="open"]')?.setAttribute("href", page);
    menu.querySelector('[data-act="edit"]')?.setAttribute("href", `${page}edit/`);
    const move = menu.querySelector<HTMLElement>('[data-act="move"]');
    if (move) move.dataset.url = `${this.host.base}bulk/move/?ids=${id}`;
    const value = menu.querySelector<HTMLElement>('[data-act="value"]');
    if (value) value.hidden = !this.cell;
    this.offer(menu, row.dataset.no?.split(" ") ?? []);
  }

  /** Hide what the person may not do with this row: `data-no` names the rights they lack. */
  private offer(menu: HTMLElement, lacking: string[]): void {
    for (const [act, right] of Object.entries(NEEDS)) {
      const item = menu.querySelector<HTMLElement>(`[data-act="${act}"]`);
      if (item) item.hidden = lacking.includes(right);
    }
    const line = menu.querySelector<HTMLElement>("hr");
    if (line) line.hidden = lacking.includes("delete");
  }

  /** The address of an element's page. */
  private page(id: string): string {
    return this.menu?.dataset.element?.replace("-", id) ?? "";
  }

  private async act(name: string): Promise<void> {
    const id = this.row?.dataset.id ?? "";
    if (name === "copy") await this.send("POST", `${this.host.base}rows/${id}/copy/`);
    if (name === "delete") await this.send("POST", `${this.page(id)}delete/`);
    if (name === "value" && this.cell) await this.send("GET", below(this.host, `rows/${id}/filter-by/${codeOf(this.cell)}/`));
    if (name === "link") await this.copyLink();
  }

  private async copyLink(): Promise<void> {
    const page = this.menu?.querySelector<HTMLAnchorElement>('[data-act="open"]')?.href ?? "";
    await navigator.clipboard.writeText(page);
    toast(this.host.say("copied"));
  }

  private async send(method: "GET" | "POST", url: string): Promise<void> {
    const { root } = this.host;
    await htmx.ajax(method, url, { source: root, target: root, swap: "none" });
  }
}
