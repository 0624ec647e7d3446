// <svod-element>: the keys and the guard of an element's page, in the drawer or on its own.
// Ctrl+Enter and Ctrl+S press `[data-shortcut=save]`, Alt+arrows the neighbours; on a page
// of its own unsaved typing is asked about before the browser leaves. Of the events named in
// data-news, which the body hears, those about this element (`detail.element`) are told to its
// parts: `hx-trigger="crm:changed from:'closest svod-element'"`.
import { Draft } from "../lib/draft";
import { SvodElement, define } from "../lib/element";
import { toast } from "../lib/toast";
import { type Answered, Typed } from "../lib/typed";

// By the message: for the time of a swap's transition fields keep their old classes.
const WRONG = ":is(input, textarea, select):is([data-field]:has(.sv-error) *):not([type=hidden], .tomselected)";

class ElementCard extends SvodElement {
  private readonly typed = new Typed();
  /** It came with what was typed before (data-dirty). */
  private begun = false;
  private draft: Draft | undefined;

  protected attach(): void {
    this.begun = this.dataset.dirty !== undefined;
    if (!this.querySelector(".sv-error, .sv-clash, .sv-alert-error")) this.tellClean();
    this.keepDraft();
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.onKey(event));
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen(this, "input", (event) => this.typed.note(event));
    this.listen(this, "change", (event) => this.typed.note(event));
    this.listen(this, "submit", (event) => this.leaves(event.target as HTMLFormElement));
    this.listen<Answered>(this, "htmx:after:swap", (event) => this.typed.answered(event, this));
    for (const name of this.dataset.news?.split(" ") ?? []) this.listen<CustomEvent>(document.body, name, (event) => this.passOn(event));
    this.listen<BeforeUnloadEvent>(window, "beforeunload", (event) => this.guard(event));
    // htmx puts the focus back where it was once the swap is over: ours comes after.
    requestAnimationFrame(() => this.showTrouble());
    // On a phone the rows of tabs and of stages are longer than the screen.
    for (const now of this.querySelectorAll(".sv-tabs [aria-current], .crm-bar [aria-current]")) {
      now.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** What is typed into the element's form is kept on the server until it is saved. */
  private keepDraft(): void {
    const form = this.querySelector<HTMLFormElement>("form[data-draft]");
    if (!form) return;
    const draft = new Draft(form);
    this.draft = draft;
    this.listen(form, "input", (event) => draft.noted(event));
    this.listen(form, "change", (event) => draft.noted(event));
    this.listen(form, "submit", () => draft.submitted());
    this.listen(window, "pagehide", () => draft.left());
    this.listen(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") draft.left();
    });
  }

  protected override detach(): void {
    this.draft?.left();
  }

  /** What the server refused: the first wrong field takes the focus, a conflict is shown. */
  private showTrouble(): void {
    const clash = this.querySelector<HTMLElement>(".sv-clash");
    if (clash) clash.scrollIntoView({ block: "nearest" });
    else this.querySelector<HTMLElement>(WRONG)?.focus();
  }

  /** Fresh content: what the drawer saw typed before belongs to what stood here earlier. */
  private tellClean(): void {
    if (!this.begun) this.dispatchEvent(new CustomEvent("svod:clean", { bubbles: true }));
  }

  private passOn({ type, detail }: CustomEvent<{ element?: number } | null>): void {
    if (String(detail?.element) === this.dataset.id) this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  private guard(event: BeforeUnloadEvent): void {
    if ((this.begun || this.typed.any) && !this.closest("dialog")) event.preventDefault();
  }

  /** A form without htmx takes the page along with it. */
  private leaves(form: HTMLFormElement): void {
    if (form.hasAttribute("hx-post")) return;
    this.begun = false;
    this.typed.forget(form);
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
    if (source?.dataset.leave !== undefined) {
      this.begun = false;
      this.typed.forget(source.closest("form"));
    }
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
