// Groups of a table and the menus of its totals. A group's row carries `data-path`, the way to it;
// what is inside comes from the server when it is opened and stands below it. Groups that were
// open are opened again when the table is drawn anew; the address knows them too.
import htmx from "htmx.org";
import { h } from "../../lib/dom";
import { stepAround } from "../../lib/menu-keys";
import type { GridHost } from "./host";
import { Opened } from "./opened";

const MOST_AT_ONCE = 50;
const GAP = 4;
const NOTE_MS = 50;
const STOPS = [".sv-group-turn", ".sv-total"];

export class Groups {
  private readonly opened = new Opened();
  private levels = "";
  private noting: ReturnType<typeof setTimeout> | undefined;
  private opener: HTMLElement | undefined;
  /** The column whose total was chosen, to be focused when the table has been drawn anew. */
  private chosen = "";
  /** How often more rows of a table without groups were asked for, in the state it shows. */
  private further = 0;
  private shown = "";

  /** `filled` is told when rows have come. */
  constructor(
    private readonly host: GridHost,
    private readonly filled: () => void,
  ) {
    const { root, listen } = host;
    listen<MouseEvent>(root, "click", (event) => this.onClick(event));
    listen<KeyboardEvent>(root, "keydown", (event) => this.onKey(event));
    listen<FocusEvent>(root, "focusin", (event) => this.rove(event.target as HTMLElement));
  }

  /** The fragment is new; grouped in another way it has other groups. */
  refresh(): void {
    const { group = "" } = this.host.area.dataset;
    if (group !== this.levels) this.opened.read(this.written);
    this.levels = group;
    if (this.host.state !== this.shown) this.further = 0;
    this.shown = this.host.state;
    this.stops();
    if (this.chosen) this.host.area.querySelector<HTMLElement>(`[data-total="${CSS.escape(this.chosen)}"]`)?.focus();
    this.chosen = "";
    if (this.groups.length) this.note();
    void this.reopen(this.groups);
  }

  /** What is open according to the state that is shown. */
  private get written(): string {
    return new URLSearchParams(this.host.state).get("open") ?? "";
  }

  /** Into the address, once for many: browsers take few changes of it a second. */
  private note(): void {
    clearTimeout(this.noting);
    this.noting = setTimeout(() => {
      if (this.host.area.isConnected && this.opened.text !== this.written) this.host.note("open", this.opened.text);
    }, NOTE_MS);
  }

  /** One stop for the Tab key among the groups, and one among the totals; arrows do the rest. */
  stops(): void {
    for (const kind of STOPS) {
      const all = [...this.host.area.querySelectorAll<HTMLElement>(kind)];
      const kept = all.find((one) => one === document.activeElement) ?? all.find((one) => one.tabIndex === 0 && one.hasAttribute("tabindex")) ?? all[0];
      for (const one of all) one.tabIndex = one === kept ? 0 : -1;
    }
  }

  private rove(target: HTMLElement): void {
    if (STOPS.some((kind) => target.matches(kind))) this.stops();
  }

  private get groups(): HTMLTableRowElement[] {
    return [...this.host.area.querySelectorAll<HTMLTableRowElement>("tr.sv-group")];
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest("[data-total]")) return this.showMenu(target.closest<HTMLElement>("[data-total]"));
    if (target.closest("[data-choose-total]")) return this.choose(target.closest<HTMLElement>("[data-choose-total]"));
    const next = target.closest("[data-group-next]")?.closest<HTMLTableRowElement>("tr");
    if (next) return void this.more(next);
    if (target.closest("[data-groups-open]")) return void this.openAll();
    if (target.closest("[data-groups-close]")) return this.closeAll();
    const row = target.closest<HTMLTableRowElement>("tr.sv-group");
    if (row && !target.closest("a")) void this.turn(row);
  }

  /** Beside Enter and Space of the button: arrows open and close, and lead from group to group. */
  private onKey(event: KeyboardEvent): void {
    const total = (event.target as Element).closest<HTMLElement>(".sv-total");
    if (total && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      return this.beside(total, event.key === "ArrowRight" ? 1 : -1);
    }
    const button = (event.target as Element).closest<HTMLElement>(".sv-group-turn");
    const row = button?.closest<HTMLTableRowElement>("tr.sv-group");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const open = row.getAttribute("aria-expanded") === "true";
    if (event.key === "ArrowRight" && !open) void this.open(row);
    else if (event.key === "ArrowLeft" && open) this.close(row);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.step(row, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  private step(row: HTMLTableRowElement, by: number): void {
    const { groups } = this;
    groups[groups.indexOf(row) + by]?.querySelector<HTMLElement>(".sv-group-turn")?.focus();
  }

  private beside(total: HTMLElement, by: number): void {
    const all = [...this.host.area.querySelectorAll<HTMLElement>(".sv-total")];
    const next = all[all.indexOf(total) + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // --- opening and closing -----------------------------------------------------------------

  private turn(row: HTMLTableRowElement): Promise<void> | void {
    return row.getAttribute("aria-expanded") === "true" ? this.close(row) : this.open(row);
  }

  private async open(row: HTMLTableRowElement): Promise<void> {
    this.opened.add(row.dataset.path ?? "[]");
    this.note();
    this.mark(row, true);
    row.setAttribute("aria-busy", "true");
    await this.load(row, { part: "1" }, "afterend");
    row.removeAttribute("aria-busy");
    await this.reopen(this.below(row).filter((inner) => inner.matches(".sv-group")));
  }

  private close(row: HTMLTableRowElement): void {
    for (const inner of this.below(row)) {
      if (inner.matches(".sv-group")) this.opened.delete(inner.dataset.path ?? "[]");
      inner.remove();
    }
    this.opened.delete(row.dataset.path ?? "[]");
    this.note();
    this.mark(row, false);
    this.filled();
  }

  private mark(row: HTMLTableRowElement, open: boolean): void {
    row.setAttribute("aria-expanded", String(open));
    row.querySelector(".sv-group-turn")?.setAttribute("aria-expanded", String(open));
  }

  /** The rows that belong to a group: all up to the next one of its level, or of one above. */
  private below(row: HTMLTableRowElement): HTMLTableRowElement[] {
    const found: HTMLTableRowElement[] = [];
    const level = Number(row.dataset.level);
    let next = row.nextElementSibling as HTMLTableRowElement | null;
    while (next && !(Number(next.dataset.level ?? "99") <= level)) {
      found.push(next);
      next = next.nextElementSibling as HTMLTableRowElement | null;
    }
    return found;
  }

  private async more(row: HTMLTableRowElement): Promise<void> {
    const before = row.previousElementSibling;
    await this.loadMore(row);
    if (!this.levels) this.further += 1;
    const first = before?.nextElementSibling as HTMLTableRowElement | null | undefined;
    const target = first?.querySelector<HTMLElement>(".sv-group-turn, [data-group-next]") ?? first?.cells[1];
    if (target && !target.hasAttribute("tabindex")) target.tabIndex = -1;
    target?.focus();
  }

  private async loadMore(row: HTMLTableRowElement): Promise<void> {
    row.setAttribute("aria-busy", "true");
    const { page = "1", after = "" } = row.dataset;
    await this.load(row, { part: page, after }, "outerHTML");
  }

  /** The table without groups was drawn anew: as many rows as there were. */
  async again(): Promise<void> {
    for (let times = 0; times < Math.min(this.further, MOST_AT_ONCE); times += 1) {
      const row = this.host.area.querySelector<HTMLTableRowElement>("tr.sv-group-next");
      if (this.levels || !row) return;
      await this.loadMore(row);
    }
  }

  private async load(row: HTMLTableRowElement, place: { part: string; after?: string }, swap: string): Promise<void> {
    const query = new URLSearchParams(this.host.state);
    for (const name of ["page", "open"]) query.delete(name);
    query.set("path", row.dataset.path ?? "");
    query.set("part", place.part);
    if (place.after) query.set("after", place.after);
    await htmx.ajax("GET", `${this.host.base}groups/?${query}`, { source: row, target: row, swap });
    this.filled();
  }

  private reopen(rows: HTMLTableRowElement[]): Promise<void> {
    return this.openEach(rows.filter((row) => this.opened.has(row.dataset.path ?? "[]")));
  }

  private openAll(): Promise<void> {
    return this.openEach(this.groups);
  }

  /** One after the other; when one could not be read in time, the others are left to the person. */
  private async openEach(rows: HTMLTableRowElement[]): Promise<void> {
    const closed = rows.filter((row) => row.getAttribute("aria-expanded") !== "true");
    for (const row of closed.slice(0, MOST_AT_ONCE)) {
      if (row.isConnected) await this.open(row);
      if (row.nextElementSibling?.matches(".sv-group-note")) return;
    }
  }

  private closeAll(): void {
    for (const row of this.groups) if (row.isConnected && row.getAttribute("aria-expanded") === "true") this.close(row);
  }

  // --- totals --------------------------------------------------------------------------------

  private showMenu(button: HTMLElement | null): void {
    const menu = this.host.area.querySelector<HTMLElement>("[data-totals-menu]");
    if (!button || !menu) return;
    const labels = JSON.parse(menu.dataset.labels ?? "{}") as Record<string, string>;
    const choices = (button.dataset.choices ?? "").split(" ").map((slug): [string, string] => [slug, labels[slug] ?? slug]);
    const chosen = button.dataset.chosen ?? "";
    const item = ([slug, label]: [string, string]) =>
      h("button", { type: "button", class: "sv-pop-link", role: "menuitemradio", "aria-checked": String(slug === chosen), "data-choose-total": slug }, label);
    menu.replaceChildren(...choices.map(item), item(["", menu.dataset.none ?? ""]));
    this.opener = button;
    menu.onkeydown = (event) => stepAround(event, [...menu.querySelectorAll<HTMLElement>("button")]);
    menu.ontoggle = (event) => {
      const closed = (event as ToggleEvent).newState === "closed";
      button.toggleAttribute("aria-expanded", !closed);
      if (closed && document.activeElement === document.body) button.focus();
    };
    menu.showPopover();
    this.place(menu, button);
    menu.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
  }

  private place(menu: HTMLElement, button: HTMLElement): void {
    const box = button.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const above = box.top - height - GAP;
    menu.style.left = `${Math.max(GAP, Math.min(box.left, innerWidth - width - GAP))}px`;
    menu.style.top = `${above > GAP ? above : Math.min(box.bottom + GAP, innerHeight - height - GAP)}px`;
  }

  private choose(item: HTMLElement | null): void {
    const code = this.opener?.dataset.total;
    const slug = item?.dataset.chooseTotal;
    item?.closest<HTMLElement>("[popover]")?.hidePopover();
    if (!code || slug === undefined) return;
    this.chosen = code;
    const totals = new Map((this.host.area.dataset.totals ?? "").split(",").filter(Boolean).map((part) => part.split(":") as [string, string]));
    if (slug) totals.set(code, slug);
    else totals.delete(code);
    const query = new URLSearchParams(this.host.state);
    query.set("totals", [...totals].map((pair) => pair.join(":")).join(","));
    // In a view an empty word says that the view's own does not hold.
    if (!query.get("totals") && !query.has("view")) query.delete("totals");
    void this.host.go(`?${query}`);
  }
}
