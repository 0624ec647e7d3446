// <svod-redraws> around a form of the server's: when a control marked `data-redraw` changes, or
// one of the designer's controls asks for it, the form is sent by its button `name="redraw"`
// and comes back with other controls.
import { SvodElement, define } from "../lib/element";

class Redraws extends SvodElement {
  protected attach(): void {
    this.listen(this, "change", (event) => {
      if ((event.target as Element).closest("[data-redraw]")) this.redraw();
    });
    this.listen<CustomEvent<{ redraw?: boolean } | null>>(this, "svod:edited", (event) => {
      if (event.detail?.redraw) this.redraw();
    });
  }

  private redraw(): void {
    this.querySelector<HTMLButtonElement>('button[name="redraw"]')?.click();
  }
}

define("svod-redraws", Redraws);
