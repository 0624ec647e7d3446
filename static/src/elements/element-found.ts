// <svod-found>: arrows walk through the links of what a search found, from its box on.
import { SvodElement, define } from "../lib/element";

class Found extends SvodElement {
  protected attach(): void {
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const source = event.target as HTMLElement;
    if (!step || !(this.contains(source) || source.matches(".sv-search-page input"))) return;
    const links = [...this.querySelectorAll<HTMLElement>(".sv-found-link")];
    const next = links[links.indexOf(source) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

define("svod-found", Found);
