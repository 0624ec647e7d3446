// The heads of columns: dragged by their name to another place, by their edge to another
// width (a double click on the edge fits the content; Shift with an arrow on the name does it too).
// Both are kept for the person, or go to the open view. Pinned columns get their places here.
import htmx from "htmx.org";
import { h } from "../../lib/dom";
import type { GridHost } from "./host";

const SLACK = 6;
const [NARROW, WIDE, PADDING] = [60, 900, 26];
const STEPS: Record<string, number> = { ArrowLeft: -10, ArrowRight: 10, ArrowDown: -50, ArrowUp: 50 };
const KEYS_MS = 700;

export class Headers {
  private dragged = false;
  private keys: ReturnType<typeof setTimeout> | undefined;
  private focused = "";

  constructor(private readonly host: GridHost) {
    const { root, listen } = host;
    listen<PointerEvent>(root, "pointerdown", (event) => this.onDown(event));
    listen<MouseEvent>(root, "dblclick", (event) => this.onDouble(event));
    listen<KeyboardEvent>(root, "keydown", (event) => this.onKey(event));
    listen<DragEvent>(root, "dragstart", (event) => this.head(event.target) && event.preventDefault());
    listen<MouseEvent>(root, "click", (event) => this.onClick(event), { capture: true });
  }

  refresh(): void {
    for (const head of this.heads) {
      const edge = head.querySelector("[data-edge]");
      edge?.setAttribute("title", this.host.say("edge"));
    }
    this.pin();
    this.refocus();
  }

  /** Where each pinned column stays: after the boxes and the pinned ones before it. */
  private pin(): void {
    const { table } = this;
    let left = Number(table?.querySelector("col")?.getAttribute("width") ?? 0);
    for (const head of this.heads.slice(0, Number(table?.dataset.pinned ?? 0))) {
      table?.style.setProperty(`--sv-pin-${head.cellIndex + 1}`, `${left}px`);
      left += Number(head.dataset.width);
    }
  }

  /** The head that the keyboard was on, after the table was drawn anew. */
  private refocus(): void {
    const code = this.focused;
    this.focused = "";
    const head = code && this.heads.find((known) => known.dataset.code === code);
    if (head && document.activeElement === document.body) head.querySelector<HTMLElement>(".sv-grid-sort")?.focus();
  }

  private head(target: EventTarget | null): HTMLTableCellElement | null {
    return (target as Element).closest<HTMLTableCellElement>("thead th[data-code]");
  }

  private get table(): HTMLTableElement | null {
    return this.host.area.querySelector<HTMLTableElement>("table.sv-grid-table");
  }

  private get heads(): HTMLTableCellElement[] {
    return [...(this.table?.tHead?.querySelectorAll<HTMLTableCellElement>("th[data-code]") ?? [])];
  }

  private onDown(event: PointerEvent): void {
    const head = this.head(event.target);
    if (!head || event.button || event.pointerType === "touch") return;
    if ((event.target as Element).closest("[data-edge]")) this.resize(event, head);
    else this.drag(event, head);
  }

  /** The click that ends a drag is not a click on the header. */
  private onClick(event: MouseEvent): void {
    const onEdge = (event.target as Element).closest("[data-edge]");
    if (!onEdge && !(this.dragged && this.head(event.target))) return;
    this.dragged = false;
    event.preventDefault();
    event.stopPropagation();
  }

  // --- width ---------------------------------------------------------------------------

  private resize(event: PointerEvent, head: HTMLTableCellElement): void {
    event.preventDefault();
    const [from, width] = [event.clientX, head.offsetWidth];
    head.classList.add("sv-resizing");
    this.follow(
      (moved) => this.setWidth(head, width + moved.clientX - from),
      () => {
        head.classList.remove("sv-resizing");
        void this.keepWidths([head]);
      },
    );
  }

  private onKey(event: KeyboardEvent): void {
    const head = this.head(event.target);
    const step = STEPS[event.key];
    if (!head || !step || !event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.setWidth(head, Number(head.dataset.width) + step);
    clearTimeout(this.keys);
    this.keys = setTimeout(() => {
      this.focused = head.dataset.code ?? "";
      void this.keepWidths([head]);
    }, KEYS_MS);
  }

  private onDouble(event: MouseEvent): void {
    const head = (event.target as Element).closest("[data-edge]") && this.head(event.target);
    if (!head) return;
    this.setWidth(head, this.natural(head));
    void this.keepWidths([head]);
  }

  /** The width that shows the widest of the page's values. */
  private natural(head: HTMLTableCellElement): number {
    const cells = [...(this.table?.tBodies[0]?.rows ?? [])].map((row) => row.cells[head.cellIndex]);
    const range = document.createRange();
    const widths = [...cells, head.querySelector(".sv-grid-sort")].map((cell) => {
      if (!cell) return 0;
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().width;
    });
    return Math.max(...widths) + PADDING;
  }

  private setWidth(head: HTMLTableCellElement, width: number): void {
    const { table } = this;
    const fitting = Math.round(Math.max(NARROW, Math.min(WIDE, width)));
    const column = table?.querySelectorAll<HTMLTableColElement>("col")[head.cellIndex];
    if (!table || !column) return;
    table.width = String(Number(table.width) + fitting - Number(head.dataset.width));
    head.dataset.width = String(fitting);
    if (head !== this.heads.at(-1)) column.width = String(fitting);
    this.pin();
  }

  private async keepWidths(heads: HTMLTableCellElement[]): Promise<void> {
    const width = heads.map((head) => `${head.dataset.code}:${head.dataset.width}`);
    await this.post("columns/widths/", { width: width.join(",") });
  }

  // --- place ---------------------------------------------------------------------------

  private drag(event: PointerEvent, head: HTMLTableCellElement): void {
    const start = event.clientX;
    let label: HTMLElement | undefined;
    let place = -1;
    this.dragged = false;
    this.follow(
      (moved) => {
        if (!label && Math.abs(moved.clientX - start) < SLACK) return;
        label ??= this.lift(head);
        label.style.left = `${moved.clientX + 12}px`;
        label.style.top = `${moved.clientY + 12}px`;
        place = this.placeAt(moved.clientX);
        this.mark(place);
      },
      () => {
        label?.remove();
        this.mark(-1);
        head.classList.remove("sv-ghost");
        if (place >= 0) void this.put(head, place);
      },
    );
  }

  private lift(head: HTMLTableCellElement): HTMLElement {
    this.dragged = true;
    head.classList.add("sv-ghost");
    const label = h("div", { class: "sv-grid-lifted" }, head.textContent?.trim() ?? "");
    document.body.append(label);
    return label;
  }

  /** Before which header the pointer stands; the number of headers means the end. */
  private placeAt(x: number): number {
    const middles = this.heads.map((head) => {
      const box = head.getBoundingClientRect();
      return box.left + box.width / 2;
    });
    const after = middles.findIndex((middle) => x < middle);
    return after < 0 ? middles.length : after;
  }

  private mark(place: number): void {
    const { heads } = this;
    heads.forEach((head, index) => {
      head.classList.toggle("sv-drop-before", index === place);
      head.classList.toggle("sv-drop-after", place === heads.length && index === heads.length - 1);
    });
  }

  private async put(head: HTMLTableCellElement, place: number): Promise<void> {
    const codes = this.heads.map((known) => known.dataset.code ?? "");
    const from = this.heads.indexOf(head);
    const to = place > from ? place - 1 : place;
    if (to === from) return;
    codes.splice(to, 0, ...codes.splice(from, 1));
    await this.post("columns/", { column: codes.join(",") });
  }

  // --- both ----------------------------------------------------------------------------

  /** Follow the pointer until it is let go. */
  private follow(moved: (event: PointerEvent) => void, ended: () => void): void {
    const life = new AbortController();
    const end = () => {
      life.abort();
      ended();
    };
    addEventListener("pointermove", moved, { signal: life.signal });
    addEventListener("pointerup", end, { signal: life.signal });
    addEventListener("pointercancel", end, { signal: life.signal });
  }

  private async post(path: string, values: Record<string, string>): Promise<void> {
    const { root, base, state } = this.host;
    await htmx.ajax("POST", base + path + (state.length > 1 ? state : ""), { source: root, target: root, swap: "none", values });
  }
}
