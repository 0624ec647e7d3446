// <svod-chat-switch data-key="svod-chat-sounds"><button aria-pressed>…</button></svod-chat-switch>,
// or with a checkbox: on until it is switched off, kept in this browser.
import { SvodElement, define } from "../../lib/element";

/** A browser that keeps nothing has everything on. */
export function isOn(key: string): boolean {
  try {
    return localStorage.getItem(key) !== "off";
  } catch {
    return true;
  }
}

class Switch extends SvodElement {
  protected attach(): void {
    this.show();
    const button = this.querySelector("button");
    if (button) this.listen(button, "click", () => this.turn(!isOn(this.key)));
    const box = this.box;
    if (box) this.listen(box, "change", () => this.turn(box.checked));
  }

  private get key(): string {
    return this.dataset.key ?? "";
  }

  private get box(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[type=checkbox]");
  }

  private turn(on: boolean): void {
    localStorage.setItem(this.key, on ? "on" : "off");
    this.show();
  }

  private show(): void {
    const on = isOn(this.key);
    this.querySelector("button")?.setAttribute("aria-pressed", String(on));
    if (this.box) this.box.checked = on;
  }
}

define("svod-chat-switch", Switch);
