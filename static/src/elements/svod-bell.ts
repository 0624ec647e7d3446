// The bell: <svod-bell data-news="/notifications/news/" data-last="5" data-url="/notifications/bell/">
// around a dropdown. Its number follows the live news, new notifications show as toasts, and what
// the dropdown holds is loaded when it opens.
import htmx from "htmx.org";
import { SvodElement, define } from "../lib/element";
import type { Toast } from "../lib/toast";

interface Answer {
  count: string;
  label: string;
  last: number;
  news: { text: string; url: string }[];
}

class Bell extends SvodElement {
  private stale = false;

  protected attach(): void {
    for (const event of ["notification", "reload"]) {
      this.listen(document.body, `svod:live:${event}`, () => void this.refresh());
    }
    this.listen(document, "visibilitychange", () => this.stale && void this.refresh());
    const panel = this.querySelector<HTMLElement>("[popover]");
    if (panel) this.listen<ToggleEvent>(panel, "toggle", (event) => event.newState === "open" && this.load(panel));
  }

  private load(panel: HTMLElement): void {
    void htmx.ajax("GET", this.dataset.url ?? "", { source: this, target: panel, swap: "innerHTML" });
  }

  /** A tab that nobody looks at asks when it comes into sight. */
  private async refresh(): Promise<void> {
    this.stale = document.hidden;
    if (this.stale) return;
    const answer = await fetch(`${this.dataset.news}?after=${this.dataset.last}`).catch(() => null);
    if (!answer?.ok || answer.redirected || !this.alive) return;
    this.show((await answer.json()) as Answer);
  }

  private show({ count, label, last, news }: Answer): void {
    const sign = this.querySelector(".sv-bell-count");
    if (sign) sign.textContent = count;
    this.querySelector("[popovertarget]")?.setAttribute("aria-label", label);
    if (last > Number(this.dataset.last)) this.dataset.last = String(last);
    const toasts: Toast[] = news.map(({ text, url }) => ({ text, url, level: "info" }));
    if (toasts.length) {
      document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { toasts } }));
    }
  }
}

define("svod-bell", Bell);
