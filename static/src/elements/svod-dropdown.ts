// A button and a popover under it: <svod-dropdown><button popovertarget="x">…</button>
// <div id="x" popover class="sv-pop">…</div></svod-dropdown>. Without the script it still opens.
import { SvodElement, define } from "../lib/element";

const GAP = 6;

class Dropdown extends SvodElement {
  protected attach(): void {
    const panel = this.panel;
    if (!panel) return;
    this.listen<ToggleEvent>(panel, "toggle", (event) => event.newState === "open" && this.place());
    this.listen<ToggleEvent>(panel, "beforetoggle", (event) => event.newState === "open" && this.hide());
    this.listen(window, "resize", () => this.place());
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
  }

  private get panel(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[popover]");
  }

  private get button(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[popovertarget]");
  }

  /** Unseen until it is placed, or it would flash in a corner. */
  private hide(): void {
    this.panel?.style.setProperty("visibility", "hidden");
  }

  private place(): void {
    const { panel, button } = this;
    if (!panel || !button || !panel.matches(":popover-open")) return;
    const at = button.getBoundingClientRect();
    const size = panel.getBoundingClientRect();
    const start = this.dataset.align === "start" ? at.left : at.right - size.width;
    const left = Math.max(GAP, Math.min(start, innerWidth - size.width - GAP));
    const fits = at.bottom + GAP + size.height <= innerHeight || at.top < size.height + GAP;
    panel.style.left = `${left}px`;
    panel.style.top = `${Math.max(GAP, fits ? at.bottom + GAP : at.top - GAP - size.height)}px`;
    panel.style.removeProperty("visibility");
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if ((event.target as Element).matches("input, textarea, select")) return;
    const { panel } = this;
    if (!panel) return;
    event.preventDefault();
    if (!panel.matches(":popover-open")) panel.showPopover();
    this.step(panel, event.key === "ArrowDown" ? 1 : -1);
  }

  private step(panel: HTMLElement, by: number): void {
    const items = [...panel.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), input:not([type=hidden])")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + by + items.length) % items.length]?.focus();
  }
}

define("svod-dropdown", Dropdown);
