// The region of toasts. Listens to the event `toast` {toasts: [{text, level, undo, url}]};
// `undo` is an address that a button in the toast posts to, `url` one that the words lead to.
import htmx from "htmx.org";
import { SvodElement, define } from "../lib/element";
import { h, icon, iconButton, topLayer } from "../lib/dom";
import { text } from "../lib/texts";
import type { Level, Toast } from "../lib/toast";

const STAY_MS = 6000;
const SIGNS: Record<Level, () => SVGElement> = {
  success: () => icon("circle-check"),
  info: () => icon("info-circle"),
  warning: () => icon("alert-triangle"),
  error: () => icon("alert-circle"),
};

class ToastRegion extends SvodElement {
  protected attach(): void {
    for (const note of this.notes) this.finish(note);
    this.listen<CustomEvent>(document, "toast", (event) => this.take(event.detail));
    this.listen(document, "close", () => this.rise(), { capture: true });
  }

  private get live(): Element {
    return this.firstElementChild ?? this;
  }

  private get notes(): NodeListOf<HTMLElement> {
    return this.querySelectorAll<HTMLElement>(".sv-toast");
  }

  private take(detail: { toasts?: Toast[]; value?: string } & Partial<Toast>): void {
    this.rise();
    const given = detail.toasts ?? [{ text: detail.text ?? detail.value ?? "", level: detail.level }];
    for (const note of given as Toast[]) this.add(note);
  }

  /** A modal dialog makes the rest of the page inert, so the region moves into it. */
  private rise(): void {
    const host = topLayer();
    if (this.parentElement !== host) host.append(this);
  }

  private add({ text: words, level = "info", undo, url }: Toast): void {
    const said = url ? h("a", { href: url }, words) : words;
    const note = h("div", { class: "sv-toast", "data-level": level, "data-undo": undo || undefined }, said);
    if (level === "error") note.setAttribute("role", "alert");
    this.live.append(note);
    this.finish(note);
  }

  /** Give a bare note its sign and button; all but errors leave by themselves. */
  private finish(note: HTMLElement): void {
    if (note.querySelector("button")) return;
    const level = (note.dataset.level ?? "info") as Level;
    const words = h("span", { class: "sv-toast-text" }, ...note.childNodes);
    const close = iconButton(icon("x"), text("close"), () => note.remove());
    note.replaceChildren((SIGNS[level] ?? SIGNS.info)(), words, ...this.undoButton(note), close);
    if (level !== "error") this.leaveLater(note);
  }

  private undoButton(note: HTMLElement): HTMLElement[] {
    const { undo } = note.dataset;
    if (!undo) return [];
    const onclick = () => {
      note.remove();
      void htmx.ajax("POST", undo, { target: document.body, swap: "none" });
    };
    return [h("button", { type: "button", class: "btn btn-sm", onclick }, text("undo"))];
  }

  private leaveLater(note: HTMLElement): void {
    let timer = setTimeout(() => note.remove(), STAY_MS);
    const hold = () => clearTimeout(timer);
    const again = () => {
      hold();
      timer = setTimeout(() => note.remove(), STAY_MS);
    };
    for (const type of ["pointerenter", "focusin"]) note.addEventListener(type, hold);
    for (const type of ["pointerleave", "focusout"]) note.addEventListener(type, again);
  }
}

define("svod-toast", ToastRegion);
