// What the pages of a list share, whatever its shape: the search, the panel of the filter, links
// that lead to another state, the switch of shapes. The server draws every state; the script
// swaps the fragment `#grid` and keeps the address in step.
//   data-base="/lists/3/" is where the list answers, data-page="/crm/deal/list/" where it is seen.
// Inside another page, as a part of the list (its state names a scope), data-rows is where the
// fragment comes from. In a drawer the address belongs to the page below and stays as it is.
import htmx from "htmx.org";
import { SvodElement } from "../../lib/element";
import { toast } from "../../lib/toast";

const TYPING_MS = 350;
export type History = "push" | "replace" | "";

export abstract class ListPage extends SvodElement {
  private typing: ReturnType<typeof setTimeout> | undefined;
  /** How the fragment is put in place of the old one. */
  protected readonly swap: string = "outerHTML";

  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<Event>(this, "input", (event) => this.onInput(event));
    this.listen<Event>(this, "change", (event) => this.chooseField(event.target as HTMLSelectElement));
    this.listen<SubmitEvent>(this, "submit", (event) => this.onSubmit(event));
    this.listen<CustomEvent>(document, "svod:saved", (event) => this.saved(event.detail ?? {}));
    this.listen(document, "elements-changed", () => void this.reload());
    this.listen<CustomEvent>(document, "grid:go", (event) => this.told(event.detail.url, event.detail.history));
  }

  /** What is to be done when the fragment has been drawn anew. */
  protected abstract drawn(before: Scrolled): void;

  protected get base(): string {
    return this.dataset.base ?? location.pathname;
  }

  protected get page(): string {
    return this.dataset.page ?? this.base;
  }

  protected get area(): HTMLElement {
    return this.querySelector<HTMLElement>(".sv-grid-area, #grid") ?? this;
  }

  private get search(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(".sv-grid-search input");
  }

  protected async go(url: string, history: History = "push"): Promise<void> {
    const { search } = new URL(url, new URL(this.page, location.origin));
    const before = { left: this.area.querySelector("[data-grid-scroll]")?.scrollLeft ?? 0 };
    this.classList.add("sv-loading");
    const kept = history && !this.inDrawer ? { [history]: this.page + (this.dataset.rows ? unscoped(search) : search) } : {};
    const options = { source: this, target: this.area, swap: this.swap, ...kept };
    await htmx.ajax("GET", (this.dataset.rows ?? this.page) + search, options);
    this.classList.remove("sv-loading");
    this.sync(before);
  }

  private get inDrawer(): boolean {
    return this.closest("dialog") !== null;
  }

  /** The query of the address; in a drawer, where it is another page's, that of what is shown. */
  protected get query(): URLSearchParams {
    const query = new URLSearchParams(this.inDrawer ? this.area.dataset.state : location.search);
    const { view } = this.area.dataset;
    if (view && !query.has("view")) query.set("view", view); // the list opened it by itself
    return query;
  }

  /** A dialog is done; a saved element tells of itself by `elements-changed`. */
  protected saved(detail: { drop?: string; ids?: number[]; go?: string }): void {
    if (detail.go) this.told(detail.go);
    else if (!detail.ids) void this.reload(detail.drop);
  }

  protected async reload(drop = ""): Promise<void> {
    const { query } = this;
    for (const name of drop.split(" ")) query.delete(name);
    await this.go(`?${query}`, "replace");
  }

  /** The server chose a state: a filter was applied. */
  private told(url: string, history: History = "push"): void {
    const { search } = new URL(url, location.origin);
    if (scopeOf(search) !== scopeOf(this.area.dataset.state ?? "")) return; // another table's
    this.closePanel();
    void this.go(search || "?", history);
  }

  /** Bring what stands around the fragment in step with it. */
  protected sync(before: Scrolled = { left: 0 }): void {
    const { state = "", q = "", conditions = "0" } = this.area.dataset;
    if (this.search && document.activeElement !== this.search) this.search.value = q;
    for (const button of this.querySelectorAll<HTMLElement>("[data-grid-dialog]")) {
      button.dataset.url = button.dataset.gridDialog + state;
    }
    for (const link of this.querySelectorAll<HTMLAnchorElement>("a[data-shape]")) {
      link.href = (link.dataset.shape ?? "") + shared(state);
    }
    const badge = this.querySelector<HTMLElement>("[data-grid-conditions]");
    if (badge) {
      badge.textContent = conditions;
      badge.hidden = conditions === "0";
    }
    this.drawn(before);
  }

  protected onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-grid-filter]")) void this.togglePanel();
    if (target.closest("[data-grid-link]")) void this.copyLink();
    const link = target.closest<HTMLAnchorElement>("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    if (link.closest("svod-filter")) this.closePanel();
    void this.go((event.shiftKey && link.dataset.add) || link.getAttribute("href") || "?");
  }

  private onInput(event: Event): void {
    if (event.target !== this.search) return;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.find(), TYPING_MS);
  }

  /** The field by which the list is laid out. */
  private chooseField(select: HTMLSelectElement): void {
    if (!select.matches("[data-list-by]")) return;
    const query = new URLSearchParams(location.search);
    query.set("by", select.value);
    void this.go(`?${query}`);
  }

  private onSubmit(event: SubmitEvent): void {
    if (!(event.target as Element).matches(".sv-grid-search")) return;
    event.preventDefault();
    clearTimeout(this.typing);
    void this.find();
  }

  /** Put a parameter into the address and into what is shown; nothing is loaded. */
  protected note(name: string, value: string): void {
    const { area } = this;
    for (const key of ["state", "whole", "link"]) area.dataset[key] = `?${changed(new URLSearchParams(area.dataset[key]), name, value)}`;
    if (this.inDrawer) return;
    history.replaceState(history.state, "", `?${changed(this.query, name, value)}${location.hash}`);
  }

  private async find(): Promise<void> {
    const { query } = this;
    query.delete("page");
    query.set("q", this.search?.value.trim() ?? "");
    // In a view an empty word says that the view's own does not hold.
    if (!query.get("q") && !query.has("view")) query.delete("q");
    await this.go(`?${query}`, "replace");
  }

  private get panel(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".sv-filter");
  }

  private async togglePanel(): Promise<void> {
    const { panel } = this;
    if (!panel) return;
    if (!panel.hidden) return this.closePanel();
    panel.hidden = false;
    this.querySelector("[data-grid-filter]")?.setAttribute("aria-expanded", "true");
    await htmx.ajax("GET", `${this.base}filter/${this.area.dataset.state ?? ""}`, { source: panel, target: panel, swap: "innerHTML" });
  }

  protected closePanel(): void {
    const button = this.querySelector<HTMLElement>("[data-grid-filter]");
    if (!this.panel || this.panel.hidden) return;
    this.panel.hidden = true;
    this.panel.replaceChildren();
    button?.setAttribute("aria-expanded", "false");
    button?.focus();
  }

  private async copyLink(): Promise<void> {
    const address = new URL(this.dataset.rows ? unscoped(this.area.dataset.link ?? "") : this.area.dataset.link ?? "", new URL(this.page, location.origin));
    await navigator.clipboard.writeText(address.href);
    toast(this.say("copied"));
  }

  protected say(name: string, values: Record<string, string | number> = {}): string {
    const found = this.getAttribute(`data-text-${name}`) ?? "";
    return found.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
  }
}

export interface Scrolled {
  left: number;
}

function scopeOf(state: string): string {
  return new URLSearchParams(state).get("scope") ?? "";
}

/** A state as it stands in the address of a page inside which the list is shown: that page knows
 * the scope by itself. */
function unscoped(state: string): string {
  const query = new URLSearchParams(state);
  query.delete("scope");
  return `?${query}`;
}

/** The query with the parameter in it, or without it when it is empty. */
function changed(query: URLSearchParams, name: string, value: string): URLSearchParams {
  if (value) query.set(name, value);
  else query.delete(name);
  return query;
}

const OWN_TO_SHAPES = ["page", "size", "columns", "by", "widths", "pinned", "height", "colors", "group", "totals", "open"];

/** The part of a state that every shape of the list understands. */
function shared(state: string): string {
  const query = new URLSearchParams(state);
  for (const name of OWN_TO_SHAPES) query.delete(name);
  const text = query.toString();
  return text && `?${text}`;
}
