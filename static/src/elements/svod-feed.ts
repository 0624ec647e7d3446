// <svod-feed data-list="3" data-url="/lists/3/feed/?kind=created" data-newest="120-45-988"> with
// <ol data-feed> of entries (`data-key="v120"` a write, "c45" a comment). When something happens
// in the list, what is newer is asked for with the reader's own rights and put above. The answer
// says (`feed:read`) from where on to ask the next time; an entry may come twice.
import htmx from "htmx.org";
import { SvodElement, define } from "../lib/element";

const QUIET_MS = 400;
const SPREAD_MS = 1200;
const PAGE = 30;

class Feed extends SvodElement {
  private asking = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  protected attach(): void {
    this.listen<CustomEvent>(document.body, "svod:live:list", (event) => {
      if (String(event.detail?.list) === this.dataset.list) this.later();
    });
    this.listen(document.body, "svod:live:reload", () => this.later());
    this.listen<CustomEvent>(document.body, "feed:read", (event) => {
      if (this.asking) this.dataset.newest = String(event.detail?.newest ?? "");
    });
  }

  protected override detach(): void {
    clearTimeout(this.waiting);
  }

  /** A little later and not all browsers at once: a bulk change tells of itself many times. */
  private later(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.load(), QUIET_MS + Math.random() * SPREAD_MS);
  }

  private get entries(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-key]")];
  }

  private async load(): Promise<void> {
    const list = this.querySelector("[data-feed]");
    if (!list || !this.alive) return;
    const known = this.entries;
    const url = this.dataset.url ?? "";
    this.asking = true;
    await htmx.ajax("GET", `${url}&after=${this.dataset.newest ?? "0-0"}`, { source: this, target: list, swap: "afterbegin" });
    this.asking = false;
    const come = this.entries.slice(0, this.entries.length - known.length);
    if (come.length >= PAGE) return void htmx.ajax("GET", url, { source: this, target: this, swap: "outerHTML" });
    const keys = new Set(known.map((entry) => entry.dataset.key));
    const fresh = come.filter((entry) => !keys.has(entry.dataset.key));
    for (const entry of come) if (!fresh.includes(entry)) entry.remove();
    if (fresh.length) this.tell(fresh.length);
  }

  private tell(count: number): void {
    this.querySelector("[data-feed-empty]")?.remove();
    const news = this.querySelector("[data-feed-news]");
    if (news) news.textContent = (this.dataset.textNews ?? "").replace("{count}", String(count));
  }
}

define("svod-feed", Feed);
