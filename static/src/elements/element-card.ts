// <svod-element>: the keys and the guard of an element's page, in the drawer or on its own.
// Ctrl+Enter and Ctrl+S press `[data-shortcut=save]`, Alt+arrows the neighbours; on a page
// of its own unsaved typing is asked about before the browser leaves.
import { SvodElement, define } from "../lib/element";
import { toast } from "../lib/toast";

// By the message: for the time of a swap's transition fields keep their old classes.
const WRONG = ":is(input, textarea, select):is([data-field]:has(.sv-error) *):not([type=hidden], .tomselected)";

class ElementCard extends SvodElement {
  private dirty = false;

  protected attach(): void {
    this.dirty = this.dataset.dirty !== undefined;
    if (!this.querySelector(".sv-error, .sv-clash, .sv-alert-error")) this.tellClean();
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.onKey(event));
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen(this, "input", () => (this.dirty = true));
    this.listen(this, "change", () => (this.dirty = true));
    this.listen(this, "submit", () => (this.dirty = false));
    this.listen<BeforeUnloadEvent>(window, "beforeunload", (event) => this.guard(event));
    // htmx puts the focus back where it was once the swap is over: ours comes after.
    requestAnimationFrame(() => this.showTrouble());
    // On a phone the rows of tabs and of stages are longer than the screen.
    for (const now of this.querySelectorAll(".sv-tabs [aria-current], .crm-bar [aria-current]")) {
      now.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** What the server refused: the first wrong field takes the focus, a conflict is shown. */
  private showTrouble(): void {
    const clash = this.querySelector<HTMLElement>(".sv-clash");
    if (clash) clash.scrollIntoView({ block: "nearest" });
    else this.querySelector<HTMLElement>(WRONG)?.focus();
  }

  /** Fresh content: what the drawer saw typed before belongs to what stood here earlier. */
  private tellClean(): void {
    if (!this.dirty) this.dispatchEvent(new CustomEvent("svod:clean", { bubbles: true }));
  }

  private guard(event: BeforeUnloadEvent): void {
    const asks = this.dirty && this.querySelector("form:not([data-no-warning])") && !this.closest("dialog");
    if (asks) event.preventDefault();
  }

  private onKey(event: KeyboardEvent): void {
    if (document.querySelector("dialog:modal") && !this.closest("dialog:modal")) return;
    const name = shortcut(event);
    const target = name ? this.querySelector<HTMLElement>(`[data-shortcut="${name}"]`) : null;
    if (!target) return;
    event.preventDefault();
    target.click();
  }

  private onClick(event: MouseEvent): void {
    const source = (event.target as Element).closest<HTMLElement>("[data-copy-link], [data-leave]");
    if (source?.dataset.leave !== undefined) this.dirty = false;
    const { copyLink, copied } = source?.dataset ?? {};
    if (copyLink) void navigator.clipboard.writeText(copyLink).then(() => toast(copied ?? ""));
  }
}

/** The name of what a key means here. By its place on the keyboard, whatever the layout. */
function shortcut(event: KeyboardEvent): string {
  const command = event.ctrlKey || event.metaKey;
  if (command && (event.key === "Enter" || event.code === "KeyS")) return "save";
  if (event.altKey && event.key === "ArrowUp") return "before";
  if (event.altKey && event.key === "ArrowDown") return "after";
  return "";
}

define("svod-element", ElementCard);
