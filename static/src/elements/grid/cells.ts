// Moving between cells and editing in them. One cell at a time holds the focus of the grid
// (roving tabindex); Enter, F2 or a double click asks the server for its editor.
import htmx from "htmx.org";
import { type GridHost, below, codeOf, headerOf, rowOf } from "./host";

type Step = { rows: number; columns: number };
const STAY: Step = { rows: 0, columns: 0 };
const STEPS: Record<string, Step> = {
  ArrowUp: { rows: -1, columns: 0 },
  ArrowDown: { rows: 1, columns: 0 },
  ArrowLeft: { rows: 0, columns: -1 },
  ArrowRight: { rows: 0, columns: 1 },
  Home: { rows: 0, columns: -1000 },
  End: { rows: 0, columns: 1000 },
  PageUp: { rows: -10, columns: 0 },
  PageDown: { rows: 10, columns: 0 },
};
const INSIDE = "tbody tr[data-id] :is(input, button, a)";
const CONTROLS = "input:not([type=hidden]):not(:disabled), textarea, select, button, [contenteditable=true]";

interface Editing {
  cell: HTMLTableCellElement;
  id: string;
  column: number;
  before: Node[];
  typed: string;
  after: Step;
}

/** How long a click on a link waits for a second one, which would edit the cell. */
const SECOND_CLICK_MS = 230;
const MARGIN = 8;

export class Cells {
  private editing: Editing | undefined;
  private followed: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: GridHost) {
    const { root, listen } = host;
    listen<KeyboardEvent>(root, "keydown", (event) => this.onKey(event));
    listen<MouseEvent>(root, "click", (event) => this.onLink(event), { capture: true });
    listen<MouseEvent>(root, "dblclick", (event) => this.onDouble(event));
    listen<FocusEvent>(root, "focusin", (event) => this.rove(event.target as HTMLElement));
    listen<MouseEvent>(root, "click", (event) => this.onClick(event));
    listen(document, "scroll", () => this.place(), { capture: true, passive: true });
    listen<PointerEvent>(document, "pointerdown", (event) => this.onOutside(event), { capture: true });
    listen<CustomEvent>(document, "htmx:after:swap", () => this.afterSwap());
  }

  /** New rows: one stop for the Tab key among all of them. */
  refresh(): void {
    this.editing = undefined;
    for (const inner of this.host.area.querySelectorAll<HTMLElement>(INSIDE)) inner.tabIndex = -1;
    const first = this.host.area.querySelector('tbody tr[data-id] [tabindex="0"]') ? undefined : this.rows[0]?.cells[1];
    if (first) first.tabIndex = 0;
  }

  private get rows(): HTMLTableRowElement[] {
    return [...this.host.area.querySelectorAll<HTMLTableRowElement>("tbody tr[data-id]")];
  }

  /** What the arrows stop at in a row: its check box, its menu, its cells. */
  private stops(row: HTMLTableRowElement): HTMLElement[] {
    const lead = [...(row.cells[0]?.querySelectorAll<HTMLElement>("input, button") ?? [])];
    return [...lead, ...[...row.cells].slice(1)];
  }

  private rove(target: HTMLElement): void {
    const row = rowOf(target);
    if (!row || !this.stops(row).includes(target)) return;
    for (const old of this.host.area.querySelectorAll<HTMLElement>('tbody [tabindex="0"]')) old.tabIndex = -1;
    target.tabIndex = 0;
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const row = rowOf(target);
    if (!row || event.defaultPrevented) return;
    if (this.editing) this.editorKey(event, this.editing);
    else if (this.stops(row).includes(target)) this.gridKey(event, row, target);
  }

  private gridKey(event: KeyboardEvent, row: HTMLTableRowElement, target: HTMLElement): void {
    const step = STEPS[event.key];
    if (step && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      this.move(row, target, step);
    } else if ((event.key === "Enter" || event.key === "F2") && target instanceof HTMLTableCellElement) {
      event.preventDefault();
      void this.open(target);
    } else if (event.key === " " && target instanceof HTMLTableCellElement) {
      event.preventDefault();
      row.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    }
  }

  private move(row: HTMLTableRowElement, from: HTMLElement, step: Step): void {
    const { rows } = this;
    const stops = this.stops(row);
    const next = rows[clamp(rows.indexOf(row) + step.rows, rows.length)] ?? row;
    this.focus(this.stops(next)[clamp(stops.indexOf(from) + step.columns, stops.length)]);
  }

  private focus(target: HTMLElement | undefined): void {
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus();
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private onDouble(event: MouseEvent): void {
    const cell = (event.target as Element).closest<HTMLTableCellElement>("tbody td");
    if (cell && cell.cellIndex > 0 && !this.editing) void this.open(cell);
  }

  /** In a cell that can be edited a link is followed by one click, not by the first of two. */
  private onLink(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("tbody td a");
    const cell = link?.closest<HTMLTableCellElement>("td");
    if (!link || !cell || !event.detail || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!this.isEditable(cell) || link.closest(".sv-cell-edit")) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(this.followed);
    if (event.detail === 1) this.followed = setTimeout(() => link.click(), SECOND_CLICK_MS);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-cancel]")) this.cancel();
    else if (target.closest("[data-theirs]")) void this.takeTheirs();
    const cell = target.closest<HTMLTableCellElement>("tbody td");
    if (cell && cell.cellIndex > 0 && !this.editing && !target.closest("a, button, input")) this.focus(cell);
  }

  isEditable(cell: HTMLTableCellElement): boolean {
    return headerOf(cell)?.dataset.editable !== undefined;
  }

  /** Ask for the editor; a cell that cannot be edited opens its link instead. */
  async open(cell: HTMLTableCellElement): Promise<void> {
    const row = rowOf(cell);
    if (!row || this.editing) return;
    if (!this.isEditable(cell)) return cell.querySelector<HTMLElement>("a, sv-secret button")?.click();
    const id = row.dataset.id ?? "";
    this.editing = { cell, id, column: cell.cellIndex, before: [...cell.childNodes], typed: "", after: STAY };
    cell.setAttribute("aria-busy", "true");
    const url = below(this.host, `rows/${id}/cells/${codeOf(cell)}/`);
    await htmx.ajax("GET", url, { source: cell, target: cell, swap: "innerHTML" });
    cell.removeAttribute("aria-busy");
    if (!this.form) return this.restore();
    cell.classList.add("sv-editing");
    this.place();
    this.editing.typed = this.typed();
    await this.enter(true);
  }

  private get form(): HTMLFormElement | null {
    return this.editing?.cell.querySelector<HTMLFormElement>("#cell-edit") ?? null;
  }

  /** The focus into the first control; those whose library is loaded first are ready later. */
  private async enter(select: boolean): Promise<void> {
    const { form } = this;
    const loaded = form?.querySelector("svod-select, svod-rich");
    if (loaded) await ready(loaded);
    const control = form?.querySelector<HTMLElement>(".ts-control input, .ProseMirror") ?? form?.querySelector<HTMLElement>(CONTROLS);
    this.place();
    // A picker hides its input far to the left: the browser must not scroll there.
    control?.focus({ preventScroll: true });
    if (select && control instanceof HTMLInputElement) control.select();
  }

  /** Over its cell and inside the window, whatever the table has scrolled out of sight. */
  private place(): void {
    const { form, editing } = this;
    if (!form || !editing) return;
    const cell = editing.cell.getBoundingClientRect();
    form.style.minWidth = `${cell.width + 2}px`;
    const { width, height } = form.getBoundingClientRect();
    form.style.left = `${within(cell.left - 1, innerWidth - width)}px`;
    form.style.top = `${within(cell.top - 1, innerHeight - height)}px`;
  }

  private typed(): string {
    const { form } = this;
    if (!form) return "";
    return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
  }

  private editorKey(event: KeyboardEvent, editing: Editing): void {
    const multiline = (event.target as Element).matches("textarea, [contenteditable=true]");
    if (event.key === "Escape") {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "Tab") {
      if (!this.leavesBy(event)) return;
      event.preventDefault();
      this.commit({ rows: 0, columns: event.shiftKey ? -1 : 1 });
    } else if (event.key === "Enter" && (!multiline || event.ctrlKey || event.metaKey)) {
      if ((event.target as Element).matches("button")) return;
      event.preventDefault();
      this.commit(STAY);
    }
    void editing;
  }

  /** Tab moves inside an editor of several controls first. */
  private leavesBy(event: KeyboardEvent): boolean {
    const controls = [...(this.form?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])].filter(
      (control) => !control.closest(".sv-cell-foot") && control.offsetParent !== null && control.tabIndex >= 0,
    );
    const at = controls.indexOf(event.target as HTMLElement);
    return at < 0 || (event.shiftKey ? at === 0 : at === controls.length - 1);
  }

  /** Save what was typed and go on; nothing typed is nothing to save. */
  private commit(after: Step): void {
    const { form, editing } = this;
    if (!form || !editing) return;
    if (this.typed() === editing.typed && form.dataset.clash === undefined) {
      this.cancel(after);
    } else {
      editing.after = after;
      form.requestSubmit();
    }
  }

  private cancel(after: Step = STAY): void {
    const { editing } = this;
    if (!editing) return;
    if (this.form?.dataset.clash !== undefined) return void this.takeTheirs();
    this.restore();
    this.go(editing, after);
  }

  private restore(): void {
    const { editing } = this;
    this.editing = undefined;
    editing?.cell.classList.remove("sv-editing");
    editing?.cell.replaceChildren(...editing.before);
  }

  private go(editing: Editing, step: Step): void {
    const row = this.rows.find((known) => known.dataset.id === editing.id);
    const cell = row?.cells[editing.column];
    if (row && cell) this.move(row, cell, step);
  }

  private async takeTheirs(): Promise<void> {
    const { editing } = this;
    const row = editing && rowOf(editing.cell);
    if (!row) return;
    await htmx.ajax("GET", below(this.host, `rows/${editing.id}/`), { source: row, target: row, swap: "outerHTML" });
  }

  private onOutside(event: PointerEvent): void {
    const { editing } = this;
    const target = event.target as Element;
    if (!editing || editing.cell.contains(target) || target.closest("dialog, .ts-dropdown, [popover]")) return;
    if (this.form?.dataset.clash === undefined) this.commit(STAY);
  }

  /** A saved row stands in place of the edited one, or the editor came back with an error. */
  private afterSwap(): void {
    const { editing } = this;
    if (!editing) return;
    if (editing.cell.isConnected) {
      const { form } = this;
      this.place();
      if (form?.querySelector('[role="alert"]') && !form.contains(document.activeElement)) void this.enter(false);
      return;
    }
    this.editing = undefined;
    for (const inner of this.host.area.querySelectorAll<HTMLElement>(INSIDE)) inner.tabIndex = -1;
    this.go(editing, editing.after);
  }
}

function clamp(place: number, length: number): number {
  return Math.max(0, Math.min(length - 1, place));
}

/** A coordinate that keeps a box inside the window. */
function within(wanted: number, most: number): number {
  return Math.max(MARGIN, Math.min(wanted, most - MARGIN));
}

/** Until the picker has built itself (about 1 s at most). */
async function ready(picker: Element): Promise<void> {
  for (let turn = 0; turn < 50 && !picker.classList.contains("sv-ready"); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
