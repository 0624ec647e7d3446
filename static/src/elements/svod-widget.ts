// <svod-widget data-url="/dashboard/widgets/3/">: a part of a page that is loaded when it comes
// into sight; a failure is told inside it, with a button that tries again.
import htmx from "htmx.org";
import { SvodElement, define } from "../lib/element";
import { h, icon } from "../lib/dom";
import { text } from "../lib/texts";

class Widget extends SvodElement {
  private observer: IntersectionObserver | undefined;

  protected attach(): void {
    this.listen<CustomEvent<{ text: string }>>(this, "svod:failure", (event) => this.failed(event));
    this.observer = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: "200px" });
    this.observer.observe(this);
  }

  protected override detach(): void {
    this.observer?.disconnect();
  }

  private seen(entries: IntersectionObserverEntry[]): void {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    this.observer?.disconnect();
    void this.load();
  }

  private async load(): Promise<void> {
    this.setAttribute("aria-busy", "true");
    await htmx.ajax("GET", this.dataset.url ?? "", { source: this, target: this, swap: "innerHTML" });
    this.removeAttribute("aria-busy");
  }

  private failed(event: CustomEvent<{ text: string }>): void {
    event.preventDefault();
    const again = h("button", { type: "button", class: "btn", onclick: () => void this.load() }, text("retry"));
    const words = [
      h("p", { class: "sv-state-title" }, text("load_failed")),
      h("p", { class: "sv-state-text", role: "alert" }, event.detail.text),
    ];
    this.replaceChildren(h("div", { class: "sv-state sv-state-small" }, h("div", { class: "sv-state-icon" }, icon("cloud-off")), ...words, again));
  }
}

define("svod-widget", Widget);
