// <svod-copy data-copied="Copied."><button type="button" data-copy="text">…</button></svod-copy>:
// a button puts its text on the clipboard and says so.
import { SvodElement, define } from "../lib/element";
import { toast } from "../lib/toast";

class Copy extends SvodElement {
  protected attach(): void {
    this.listen(this, "click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
      if (button) void navigator.clipboard?.writeText(button.dataset.copy ?? "").then(() => toast(this.dataset.copied ?? ""));
    });
  }
}

define("svod-copy", Copy);
