// <svod-grid data-base="/lists/3/">: the table of a list. The server draws every state; the
// script swaps the fragment `#grid`, keeps the address in step and lets the keyboard in.
import htmx from "htmx.org";
import { setCookie } from "../../lib/dom";
import { SvodElement, define } from "../../lib/element";
import { toast } from "../../lib/toast";
import { Cells } from "./cells";
import { Headers } from "./headers";
import type { GridHost } from "./host";
import { Menu } from "./menu";
import { Selection } from "./selection";

const TYPING_MS = 350;
/** As in grid.css. */
const PHONE = "(max-width: 40rem)";

class Grid extends SvodElement {
  private cells!: Cells;
  private selection!: Selection;
  private headers!: Headers;
  private typing: ReturnType<typeof setTimeout> | undefined;

  protected attach(): void {
    const host = this.host();
    this.cells = new Cells(host);
    this.selection = new Selection(host);
    this.headers = new Headers(host);
    new Menu(host);
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<Event>(this, "change", (event) => this.onChange(event));
    this.listen<Event>(this, "input", (event) => this.onInput(event));
    this.listen<SubmitEvent>(this, "submit", (event) => this.onSubmit(event));
    this.listen<CustomEvent>(document, "svod:saved", (event) => this.saved(event.detail ?? {}));
    this.listen(document, "elements-changed", () => void this.reload());
    this.listen<CustomEvent>(document, "grid:go", (event) => this.told(event.detail.url));
    this.sync();
  }

  private host(): GridHost {
    const self = this;
    return {
      root: this,
      base: this.base,
      get area() {
        return self.area;
      },
      get state() {
        return self.area.dataset.state ?? "";
      },
      go: (url, history) => this.go(url, history),
      reload: (drop) => this.reload(drop),
      say: (name, values) => this.say(name, values),
      listen: (target, type, handler, options) => this.listen(target, type, handler, options),
    };
  }

  private get base(): string {
    return this.dataset.base ?? location.pathname;
  }

  private get area(): HTMLElement {
    return this.querySelector<HTMLElement>("#grid") ?? this;
  }

  private get search(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(".sv-grid-search input");
  }

  private async go(url: string, history: "push" | "replace" = "push"): Promise<void> {
    const address = new URL(url, new URL(this.base, location.origin));
    const scrolled = this.area.querySelector("[data-grid-scroll]")?.scrollLeft ?? 0;
    this.classList.add("sv-loading");
    const options = { source: this, target: "#grid", swap: "outerHTML", [history]: "true" };
    await htmx.ajax("GET", address.pathname + address.search, options);
    this.classList.remove("sv-loading");
    this.sync(scrolled);
  }

  /** A dialog is done; a saved element tells of itself by `elements-changed`. */
  private saved(detail: { drop?: string; ids?: number[] }): void {
    if (!detail.ids) void this.reload(detail.drop);
  }

  private async reload(drop = ""): Promise<void> {
    const query = new URLSearchParams(location.search);
    for (const name of drop.split(" ")) query.delete(name);
    await this.go(`?${query}`, "replace");
  }

  /** The server chose a state: a filter was applied. */
  private told(url: string): void {
    this.closePanel();
    void this.go(url);
  }

  /** Bring what stands around the fragment in step with it. */
  private sync(scrolled = 0): void {
    const { state = "", q = "", conditions = "0" } = this.area.dataset;
    if (this.search && document.activeElement !== this.search) this.search.value = q;
    for (const button of this.querySelectorAll<HTMLElement>("[data-grid-dialog]")) {
      button.dataset.url = button.dataset.gridDialog + state;
    }
    const exported = document.querySelector<HTMLAnchorElement>("[data-grid-export]");
    if (exported) exported.href = (exported.dataset.gridExport ?? "") + state;
    const badge = this.querySelector<HTMLElement>("[data-grid-conditions]");
    if (badge) {
      badge.textContent = conditions;
      badge.hidden = conditions === "0";
    }
    const scroll = this.area.querySelector("[data-grid-scroll]");
    if (scroll) scroll.scrollLeft = scrolled;
    this.labelCells();
    this.cells.refresh();
    this.headers.refresh();
    this.selection.refresh();
  }

  /** On a phone a row is a card: its cells carry the names of their columns, and roles that
   * the browser would take from a table. */
  private labelCells(): void {
    if (!matchMedia(PHONE).matches) return;
    const heads = [...this.area.querySelectorAll<HTMLElement>("thead th")];
    for (const row of this.area.querySelectorAll<HTMLTableRowElement>("tr")) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, place) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "columnheader" : "gridcell");
        if (place) cell.dataset.name = heads[place]?.textContent?.trim() ?? "";
      });
    }
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-grid-filter]")) void this.togglePanel();
    if (target.closest("[data-grid-link]")) void this.copyLink();
    const toggle = target.closest("[data-grid-tree]");
    if (toggle) this.turnTree(toggle);
    const link = target.closest<HTMLAnchorElement>("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    if (link.closest("svod-filter")) this.closePanel();
    void this.go((event.shiftKey && link.dataset.add) || link.getAttribute("href") || "?");
  }

  private onChange(event: Event): void {
    const select = event.target as HTMLSelectElement;
    if (select.matches("[data-grid-section]")) void this.go(select.value);
    if (!select.matches("[data-grid-size]")) return;
    const options = { source: this, swap: "none", target: this, values: { size: select.value } };
    void htmx.ajax("POST", select.dataset.url ?? "", options);
  }

  private onInput(event: Event): void {
    if (event.target !== this.search) return;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.find(), TYPING_MS);
  }

  private onSubmit(event: SubmitEvent): void {
    if (!(event.target as Element).matches(".sv-grid-search")) return;
    event.preventDefault();
    clearTimeout(this.typing);
    void this.find();
  }

  private async find(): Promise<void> {
    const query = new URLSearchParams(location.search);
    query.delete("page");
    query.set("q", this.search?.value.trim() ?? "");
    if (!query.get("q")) query.delete("q");
    await this.go(`?${query}`, "replace");
  }

  private get panel(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#grid-filter");
  }

  private async togglePanel(): Promise<void> {
    const { panel } = this;
    if (!panel) return;
    if (!panel.hidden) return this.closePanel();
    panel.hidden = false;
    this.querySelector("[data-grid-filter]")?.setAttribute("aria-expanded", "true");
    await htmx.ajax("GET", `${this.base}filter/${location.search}`, { source: panel, target: panel, swap: "innerHTML" });
  }

  private closePanel(): void {
    const button = this.querySelector<HTMLElement>("[data-grid-filter]");
    if (!this.panel || this.panel.hidden) return;
    this.panel.hidden = true;
    this.panel.replaceChildren();
    button?.setAttribute("aria-expanded", "false");
    button?.focus();
  }

  /** The server reads the cookie, so the next page comes with the tree as it was left. */
  private turnTree(button: Element): void {
    const closed = this.classList.toggle("sv-grid-closed");
    button.setAttribute("aria-expanded", String(!closed));
    setCookie("tree", closed ? "closed" : "open");
  }

  private async copyLink(): Promise<void> {
    const address = new URL(this.area.dataset.link ?? "", new URL(this.base, location.origin));
    await navigator.clipboard.writeText(address.href);
    toast(this.say("copied"));
  }

  private say(name: string, values: Record<string, string | number> = {}): string {
    const found = this.getAttribute(`data-text-${name}`) ?? "";
    return found.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
  }
}

define("svod-grid", Grid);
