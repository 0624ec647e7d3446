// <svod-board data-base="/lists/3/" data-page="/lists/3/kanban/" data-list="3">: lanes with cards.
// A card goes to another lane by mouse, by its menu ("move to…") or by Alt+Left and Alt+Right; the
// server saves it and the board is drawn anew, so a refused card is back in its lane. When others
// change the list the board loads itself (`svod:live:list`), a little later and not all at once;
// while a card is carried or saved it waits.
import htmx from "htmx.org";
import type Sortable from "sortablejs";
import { define } from "../../lib/element";
import { h } from "../../lib/dom";
import { sortable } from "../../lib/sortable";
import { type History, ListPage, type Scrolled } from "../grid/list-page";
import { CardMenu } from "./menu";

const STEP = 20;
const QUIET_MS = 400;
const SPREAD_MS = 1600;

class Board extends ListPage {
  protected override readonly swap = "outerMorph";
  private readonly lists = new Map<HTMLElement, Promise<Sortable>>();
  private news: ReturnType<typeof setTimeout> | undefined;
  private carrying = false;
  private moves: Promise<void> = Promise.resolve();
  private moving = 0;
  /** What the server has is to be drawn when the board is free. */
  private stale = false;

  protected override attach(): void {
    super.attach();
    new CardMenu({
      root: this,
      listen: (target, type, handler) => this.listen(target, type, handler),
      move: (card, lane) => void this.move(card, lane),
    });
    this.listen<Event>(this, "change", (event) => this.chooseSort(event.target as HTMLSelectElement));
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    this.listen<CustomEvent>(document, "board:ask", (event) => this.open(event.detail.url, "data-dialog"));
    this.listen<CustomEvent>(document, "board:form", (event) => this.open(event.detail.url, "data-drawer"));
    this.listen<CustomEvent>(document.body, "svod:live:list", (event) => this.heard(event.detail?.list));
    this.listen(document.body, "svod:live:reload", () => this.heard(Number(this.dataset.list)));
    this.sync();
  }

  protected override detach(): void {
    clearTimeout(this.news);
    this.release([...this.lists.keys()]);
  }

  /** A card on its way out of a lane that goes is let fall: Sortable itself would leave it in the air. */
  private release(lanes: HTMLElement[]): void {
    for (const cards of lanes) {
      void this.lists.get(cards)?.then((list) => list.destroy());
      this.lists.delete(cards);
    }
    if (!lanes.length || !this.carrying) return;
    this.carrying = false;
    document.querySelector(".sv-card-carried")?.remove();
  }

  private lanes(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-lane]")];
  }

  /** As many cards of each lane as are shown now. */
  private get sizes(): string {
    const grown = this.lanes().map((lane) => [lane.dataset.lane, lane.querySelectorAll(".sv-card").length] as const);
    return grown.filter(([, size]) => size > STEP).map((pair) => pair.join(":")).join(",");
  }

  protected override async reload(): Promise<void> {
    this.stale = this.carrying || this.moving > 0;
    if (!this.stale) await this.load(`?${new URLSearchParams(location.search)}`, "replace");
  }

  private async load(url: string, history: History): Promise<void> {
    const { sizes } = this;
    const before = location.href;
    await this.go(sizes ? `${url}${url.length > 1 ? "&" : ""}sizes=${sizes}` : url, history);
    if (history === "replace" && sizes) window.history.replaceState(window.history.state, "", before);
  }

  /** Lanes that were there before keep what carries their cards: one may be carried just now. */
  protected drawn(_before: Scrolled): void {
    const shown = this.area.hasAttribute("data-fixed") ? [] : [...this.querySelectorAll<HTMLElement>("[data-cards]")];
    this.release([...this.lists.keys()].filter((cards) => !shown.includes(cards)));
    this.showSort();
    for (const cards of shown) if (!this.lists.has(cards)) this.lists.set(cards, this.carryable(cards));
  }

  private chooseSort(select: HTMLSelectElement): void {
    if (!select.matches("[data-list-sort]")) return;
    const { query } = this;
    query.set("sort", select.value);
    // In a view an empty sort says that the view's own does not hold.
    if (!select.value && !query.has("view")) query.delete("sort");
    void this.go(`?${query}`);
  }

  /** The select stands outside of what is drawn anew, and a view may have several sorts at once. */
  private showSort(): void {
    const select = this.querySelector<HTMLSelectElement>("[data-list-sort]");
    const { sort = "", sortLabel = "" } = this.area.dataset;
    if (!select) return;
    if (![...select.options].some((one) => one.value === sort)) select.prepend(h("option", { value: sort }, sortLabel));
    select.value = sort;
  }

  private carryable(cards: HTMLElement): Promise<Sortable> {
    return sortable(cards, {
      item: ".sv-card-movable",
      group: "cards",
      cards: true,
      begun: () => (this.carrying = true),
      moved: (event) => this.over(event.to),
      done: (event) => this.dropped(event),
    });
  }

  private over(list: HTMLElement): boolean {
    for (const lane of this.lanes()) lane.classList.toggle("sv-lane-over", lane.contains(list));
    return true;
  }

  private dropped(event: Sortable.SortableEvent): void {
    this.carrying = false;
    for (const lane of this.lanes()) lane.classList.remove("sv-lane-over");
    const to = event.to.closest<HTMLElement>("[data-lane]");
    const from = laneOf(event.from);
    if (to && from && to.dataset.lane !== from) void this.move(event.item, to, from);
    else if (this.stale) void this.reload();
  }

  /** Saved one after another; after the last the board is drawn as the server has it. */
  private async move(card: HTMLElement, lane: HTMLElement, from = laneOf(card)): Promise<void> {
    const [id, to] = [card.dataset.id ?? "", lane.dataset.lane ?? ""];
    const url = this.address(id, to, from);
    card.classList.add("sv-card-saving");
    this.moving += 1;
    this.moves = this.moves.then(() => this.send(url));
    await this.moves;
    this.moving -= 1;
    if (!this.moving) await this.settled(id, to);
  }

  private address(id: string, to: string, from: string): string {
    const path = this.menu?.dataset.move?.replace("/0/", `/${id}/`) ?? "";
    const query = new URLSearchParams(this.area.dataset.state ?? "");
    query.set("lane", to);
    if (from) query.set("from", from);
    return `${path}?${query}`;
  }

  /** Not from the board itself: what it loads would take the place of a request on its way. */
  private async send(url: string): Promise<void> {
    await htmx.ajax("POST", url, { source: this.menu ?? document.body, swap: "none" });
  }

  private get menu(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#card-menu");
  }

  private async settled(id: string, lane: string): Promise<void> {
    await this.reload();
    if (this.stale || document.querySelector("dialog[open]")) return;
    const card = this.querySelector<HTMLElement>(`#card-${CSS.escape(id)}`);
    const { activeElement } = document;
    if (activeElement === document.body || card?.contains(activeElement)) {
      card?.querySelector<HTMLElement>(".sv-card-more")?.focus({ preventScroll: true });
    }
    const place = card?.closest<HTMLElement>("[data-lane]");
    if (place?.dataset.lane === lane) this.tell(this.say("moved", { lane: place.dataset.name ?? "" }));
  }

  private tell(words: string): void {
    const region = this.querySelector("[data-board-says]");
    if (region) region.textContent = words;
  }

  /** By a link, as every panel is opened. */
  private open(url: string, how: "data-dialog" | "data-drawer"): void {
    const link = h("a", { href: url, [how]: "", hidden: true });
    this.append(link);
    link.click();
    link.remove();
  }

  private heard(list: number | undefined): void {
    if (String(list) !== this.dataset.list) return;
    clearTimeout(this.news);
    this.news = setTimeout(() => this.follow(), QUIET_MS + Math.random() * SPREAD_MS);
  }

  /** Not under the hands of who types a name. */
  private follow(): void {
    if (this.querySelector(".sv-lane-new:not([hidden])")) this.heard(Number(this.dataset.list));
    else void this.reload();
  }

  protected override onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const lane = target.closest<HTMLElement>("[data-lane]");
    const fold = target.closest<HTMLElement>("[data-lane-fold]");
    if (lane && fold) void this.fold(lane, fold.dataset.laneFold ?? "");
    if (lane && target.closest("[data-lane-add]")) this.ask(lane, true);
    if (lane && target.closest("[data-lane-cancel]")) this.ask(lane, false);
    super.onClick(event);
  }

  private async fold(lane: HTMLElement, open: string): Promise<void> {
    const id = lane.id;
    const query = new URLSearchParams(location.search);
    query.set("open", `${lane.dataset.lane ?? ""}:${open}`);
    await this.go(`?${query}`, "");
    this.querySelector<HTMLElement>(`#${CSS.escape(id)} [data-lane-fold]`)?.focus();
  }

  /** The name of a new card at the top of a lane. */
  private ask(lane: HTMLElement, shown: boolean): void {
    const form = lane.querySelector<HTMLFormElement>(".sv-lane-new");
    if (!form) return;
    form.hidden = !shown;
    form.toggleAttribute("hx-morph-skip", shown); // a board on its way leaves what is typed here
    form.reset();
    (shown ? form.querySelector<HTMLElement>("input") : lane.querySelector<HTMLElement>("[data-lane-add]"))?.focus();
  }

  /** A card was added: its lane asks for the next name, what is typed in others stays. */
  protected override saved(detail: { drop?: string; ids?: number[]; lane?: string }): void {
    const lane = this.lanes().find((one) => one.dataset.lane === detail.lane);
    const form = lane?.querySelector<HTMLFormElement>(".sv-lane-new:not([hidden])");
    form?.reset();
    if (form?.contains(document.activeElement)) form.querySelector("input")?.focus();
    super.saved(detail);
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && target.closest(".sv-lane-new")) return this.ask(target.closest<HTMLElement>("[data-lane]")!, false);
    const card = target.closest<HTMLElement>(".sv-card");
    if (!card || target.matches("input, textarea, select")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by && !down) return;
    event.preventDefault();
    if (down) this.step(card, down);
    else if (event.altKey) this.shift(card, by ?? 0);
    else this.aside(card, by ?? 0);
  }

  /** The card stands in the lane at once, as a carried one does: the next key takes it on from there. */
  private shift(card: HTMLElement, by: number): void {
    const lanes = this.lanes();
    const to = lanes[lanes.findIndex((lane) => lane.contains(card)) + by];
    if (!to || !card.matches(".sv-card-movable")) return;
    const from = laneOf(card);
    to.querySelector("[data-cards]")?.prepend(card);
    focusCard(card);
    void this.move(card, to, from);
  }

  private step(card: HTMLElement, by: number): void {
    const cards = [...(card.closest("[data-cards]")?.querySelectorAll(".sv-card") ?? [])];
    focusCard(cards[cards.indexOf(card) + by]);
  }

  private aside(card: HTMLElement, by: number): void {
    const lanes = this.lanes();
    const at = lanes.findIndex((lane) => lane.contains(card));
    for (let place = at + by; lanes[place]; place += by) {
      const found = lanes[place]?.querySelector(".sv-card");
      if (found) return focusCard(found);
    }
  }
}

function laneOf(part: Element): string {
  return part.closest<HTMLElement>("[data-lane]")?.dataset.lane ?? "";
}

function focusCard(card: Element | null | undefined): void {
  card?.querySelector<HTMLElement>(".sv-card-title")?.focus();
}

define("svod-board", Board);
