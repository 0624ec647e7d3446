// <svod-dialog> in the middle and <svod-drawer> at the right: a URL loaded into a modal.
// A link or button with `data-dialog` or `data-drawer` opens its href (or data-url) there; so
// does the event `svod:dialog` or `svod:drawer` with `{url}` as its detail.
// Inside of `data-ids` these ids go along by POST, with `opening=1`: they may be too many for an address.
// The first heading of what arrives names the panel. It closes by Esc, the button, a click
// beside it, `[data-close]` inside it and the event `svod:saved` (the upper of two); unsaved typing is asked about
// (`svod:clean` from inside says that what stands there now is saved).
import htmx from "htmx.org";
import { ask } from "../lib/ask";
import { SvodElement, define } from "../lib/element";
import { h, icon, iconButton, uniqueId } from "../lib/dom";
import { text } from "../lib/texts";
import { type Answered, Typed } from "../lib/typed";

/** Events that have closed a panel. */
const taken = new WeakSet<Event>();

abstract class Panel extends SvodElement {
  protected abstract readonly kind: "dialog" | "drawer";
  private dialog!: HTMLDialogElement;
  private body!: HTMLElement;
  private url = "";
  private ids = "";
  private opener: HTMLElement | null = null;
  private loading = false;
  private readonly typed = new Typed();

  protected attach(): void {
    this.build();
    this.listen<MouseEvent>(document, "click", (event) => this.catchLink(event));
    this.listen<CustomEvent>(document, "svod:saved", (event) => this.saved(event));
    this.listen<CustomEvent>(document, `svod:${this.kind}`, (event) => void this.open(event.detail.url));
    this.listen<BeforeUnloadEvent>(window, "beforeunload", (event) => this.typed.any && event.preventDefault());
  }

  /** Open the panel with what the URL answers; `opener` gets the focus back. */
  async open(url: string, opener: HTMLElement | null = null): Promise<void> {
    if (!(await this.mayLose())) return;
    this.opener = opener ?? this.opener;
    this.url = url;
    this.ids = opener?.closest<HTMLElement>("[data-ids]")?.dataset.ids ?? "";
    if (!this.dialog.open) this.dialog.showModal();
    await this.load();
  }

  /** The panel on top is done; a drawer below a dialog stays, and what it shows listens itself. */
  private saved(event: Event): void {
    const below = this.kind === "drawer" && (taken.has(event) || document.querySelector("svod-dialog dialog[open]"));
    if (below) return;
    if (this.dialog.open) taken.add(event);
    this.close();
  }

  close(): void {
    this.dialog.close();
    // Closing takes the focus out of the control typed in last, and that is a change of its own.
    this.typed.forget();
  }

  private build(): void {
    const close = iconButton(icon("x"), text("close"), () => void this.leave(), "btn btn-ghost sv-icon-btn sv-panel-close");
    this.body = h("div", { class: "sv-panel", "hx-target:inherited": "this", "hx-sync": "replace" });
    this.dialog = h("dialog", { class: `sv-${this.kind}` }, close, this.body);
    this.replaceChildren(this.dialog);
    this.listenInside();
  }

  private listenInside(): void {
    this.listen<KeyboardEvent>(this.dialog, "keydown", (event) => this.onKey(event));
    this.listen(this.dialog, "cancel", (event) => event.target === this.dialog && this.stay(event));
    this.listen(this.dialog, "close", () => this.empty());
    this.listen<MouseEvent>(this.dialog, "mousedown", (event) => event.target === this.dialog && void this.leave());
    this.listen(this.body, "input", (event) => this.typed.note(event));
    this.listen(this.body, "change", (event) => this.typed.note(event));
    this.listen<MouseEvent>(this.body, "click", (event) => this.closeButton(event));
    this.listen(this.body, "svod:clean", () => this.typed.forget());
    this.listen<CustomEvent>(this.body, "svod:failure", (event) => this.failed(event));
    this.listen<Answered>(this.body, "htmx:after:swap", (event) => this.swapped(event));
  }

  private catchLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const source = (event.target as Element).closest<HTMLElement>(`[data-${this.kind}]`);
    const url = source?.dataset.url ?? source?.getAttribute("href");
    if (!source || !url) return;
    event.preventDefault();
    void this.open(url, source);
  }

  private async load(): Promise<void> {
    this.loading = true;
    this.typed.forget();
    this.body.setAttribute("aria-busy", "true");
    this.dialog.setAttribute("aria-label", text("loading"));
    this.body.replaceChildren(skeleton());
    const values = this.ids ? { ids: this.ids, opening: "1" } : {};
    await htmx.ajax(this.ids ? "POST" : "GET", this.url, { source: this.body, target: this.body, swap: "innerHTML", values });
    this.body.removeAttribute("aria-busy");
    this.loading = false;
  }

  private swapped(event: Answered): void {
    this.typed.answered(event, this.body);
    this.named();
  }

  /** The heading of the new content names the dialog and takes the focus. */
  private named(): void {
    this.dialog.removeAttribute("aria-label");
    const heading = this.body.querySelector<HTMLElement>("h1, h2, h3");
    if (!heading) return;
    heading.id ||= uniqueId("panel");
    this.dialog.setAttribute("aria-labelledby", heading.id);
    if (!this.loading || this.body.querySelector("[autofocus]")) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  private failed(event: CustomEvent<{ text: string }>): void {
    if (!this.loading) return;
    event.preventDefault();
    const again = h("button", { type: "button", class: "btn", onclick: () => void this.load() }, text("retry"));
    const words = [
      h("h2", { class: "sv-state-title" }, text("load_failed")),
      h("p", { class: "sv-state-text", role: "alert" }, event.detail.text),
    ];
    this.body.replaceChildren(h("div", { class: "sv-state" }, h("div", { class: "sv-state-icon" }, icon("cloud-off")), ...words, again));
    this.named();
    again.focus();
  }

  private closeButton(event: MouseEvent): void {
    if (!(event.target as Element).closest("[data-close]")) return;
    event.preventDefault();
    void this.leave();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || this.dialog.querySelector(":popover-open")) return;
    this.stay(event);
  }

  private stay(event: Event): void {
    event.preventDefault();
    void this.leave();
  }

  private async leave(): Promise<void> {
    if (await this.mayLose()) this.close();
  }

  private async mayLose(): Promise<boolean> {
    if (!this.typed.any) return true;
    const words = { title: text("discard_title"), text: text("discard_text"), action: text("discard"), cancel: text("keep") };
    return ask({ ...words, danger: true });
  }

  /** One thing may be asked right after another: what was opened meanwhile stays. */
  private empty(): void {
    if (this.dialog.open) return;
    this.body.replaceChildren();
    this.typed.forget();
    const { opener } = this;
    this.opener = null;
    const href = opener?.getAttribute("href");
    const same = href ? document.querySelector<HTMLElement>(`[data-${this.kind}][href="${CSS.escape(href)}"]`) : null;
    (opener?.isConnected ? opener : same)?.focus();
  }
}

function skeleton(): HTMLElement {
  return h("div", { class: "sv-skeleton", "aria-hidden": "true" }, ...[..."tllsbls"].map((kind) => h("div", { class: `sv-skeleton-${kind}` })));
}

class Dialog extends Panel {
  protected readonly kind = "dialog";
}

class Drawer extends Panel {
  protected readonly kind = "drawer";
}

define("svod-dialog", Dialog);
define("svod-drawer", Drawer);
