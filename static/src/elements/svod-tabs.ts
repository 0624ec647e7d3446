// Tabs inside one page: <svod-tabs> with role=tablist buttons (aria-controls) and panels.
// Arrow keys move between tabs, as WAI-ARIA asks.
import { SvodElement, define } from "../lib/element";

class Tabs extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => {
      const tab = (event.target as Element).closest<HTMLElement>("[role=tab]");
      if (tab) this.show(tab);
    });
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    const open = this.tabs.find((tab) => tab.ariaSelected === "true") ?? this.tabs[0];
    if (open) this.show(open);
  }

  private get tabs(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=tab]")];
  }

  private show(open: HTMLElement): void {
    for (const tab of this.tabs) {
      const chosen = tab === open;
      tab.ariaSelected = String(chosen);
      tab.tabIndex = chosen ? 0 : -1;
      tab.classList.toggle("active", chosen);
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !chosen;
    }
  }

  private onKey(event: KeyboardEvent): void {
    const { tabs } = this;
    const at = tabs.indexOf(event.target as HTMLElement);
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    this.show(next);
    next.focus();
  }
}

define("svod-tabs", Tabs);
