// Chosen rows: check boxes (Shift takes a range), the whole page, all found; and the bar that
// says how many and what can be done with them.
import type { GridHost } from "./host";

const BOX = "tbody .sv-grid-lead input[type=checkbox]";

export class Selection {
  private everything = false;
  private last: HTMLInputElement | undefined;

  constructor(private readonly host: GridHost) {
    const { root, listen } = host;
    listen<MouseEvent>(root, "click", (event) => this.onClick(event));
  }

  refresh(): void {
    this.everything = false;
    this.last = undefined;
    this.show();
  }

  /** Rows came or went: the others stay chosen, and all found are all found. */
  filled(): void {
    if (this.everything) for (const box of this.boxes) box.checked = true;
    this.show();
  }

  private get boxes(): HTMLInputElement[] {
    return [...this.host.area.querySelectorAll<HTMLInputElement>(BOX)];
  }

  /** In a table grouped by several values an element may stand in several groups. */
  private get ids(): string[] {
    const chosen = this.boxes.filter((box) => box.checked);
    return [...new Set(chosen.map((box) => box.closest<HTMLElement>("tr")?.dataset.id ?? ""))];
  }

  private get whole(): boolean {
    return this.boxes.every((box) => box.checked);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    if (target.matches(BOX)) this.choose(target as HTMLInputElement, event.shiftKey);
    else if (target.matches("[data-grid-all]")) this.set((target as HTMLInputElement).checked);
    else if (target.closest("[data-bulk-clear]")) this.set(false);
    else if (target.closest("[data-bulk-all]")) this.chooseEverything();
  }

  private choose(box: HTMLInputElement, range: boolean): void {
    const { boxes } = this;
    if (range && this.last?.isConnected) {
      const [from = 0, to = 0] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
    }
    this.last = box;
    this.everything = false;
    this.show();
  }

  private set(checked: boolean): void {
    for (const box of this.boxes) box.checked = checked;
    this.everything = false;
    this.show();
  }

  private chooseEverything(): void {
    this.set(true);
    this.everything = true;
    this.show();
  }

  private show(): void {
    const { ids, boxes, host } = this;
    for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
    const all = host.area.querySelector<HTMLInputElement>("[data-grid-all]");
    if (all) {
      all.checked = ids.length > 0 && this.whole;
      all.indeterminate = ids.length > 0 && !this.whole;
    }
    this.showBar(ids);
  }

  private showBar(ids: string[]): void {
    const bar = this.host.area.querySelector<HTMLElement>("[data-bulk]");
    if (!bar) return;
    bar.hidden = !ids.length;
    const count = bar.querySelector("[data-bulk-count]");
    const found = bar.dataset.found ?? "";
    if (count) count.textContent = this.host.say("selected", { count: this.everything ? found : ids.length });
    const more = bar.querySelector<HTMLElement>("[data-bulk-all]");
    if (more) more.hidden = this.everything || !this.whole || bar.dataset.more === undefined;
    bar.dataset.ids = this.everything ? "" : ids.join(",");
    for (const button of bar.querySelectorAll<HTMLElement>("[data-bulk-act]")) {
      button.dataset.url = this.address(button.dataset.bulkAct ?? "");
    }
  }

  /** The ids go along by POST (`data-ids` of the bar): a page may show thousands. */
  private address(act: string): string {
    const query = new URLSearchParams(this.host.state);
    if (this.everything) query.set("all", "1");
    return `${this.host.base}bulk/${act}/?${query}`;
  }
}
