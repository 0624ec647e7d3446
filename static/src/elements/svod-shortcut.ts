// <svod-shortcut key="/" for="search">: the key focuses (a field) or clicks (anything else).
import { SvodElement, define } from "../lib/element";

const FIELDS = "input, textarea, select, [contenteditable=true], [contenteditable='']";

class Shortcut extends SvodElement {
  protected attach(): void {
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== this.getAttribute("key") || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest?.(FIELDS) || document.querySelector("dialog:modal")) return;
    const target = document.getElementById(this.getAttribute("for") ?? "");
    if (!target) return;
    event.preventDefault();
    if (target.matches(FIELDS)) target.focus();
    else target.click();
  }
}

define("svod-shortcut", Shortcut);
