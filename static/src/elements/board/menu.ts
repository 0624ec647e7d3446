// The menu of a card: by its button, by the right mouse button, by the menu key.
import { h } from "../../lib/dom";
import { stepAround } from "../../lib/menu-keys";
import { GAP, closedBy, showAt } from "../../lib/menu-place";


interface Host {
  readonly root: HTMLElement;
  listen<T extends Event>(target: EventTarget, type: string, handler: (event: T) => void): void;
  move(card: HTMLElement, lane: HTMLElement): void;
}

export class CardMenu {
  private card: HTMLElement | null = null;
  private opener: HTMLElement | null = null;

  constructor(private readonly host: Host) {
    const { root } = host;
    host.listen<MouseEvent>(root, "click", (event) => this.onClick(event));
    host.listen<MouseEvent>(root, "contextmenu", (event) => this.onContext(event));
    const { menu } = this;
    if (!menu) return;
    host.listen<KeyboardEvent>(menu, "keydown", (event) => stepAround(event, this.items));
    host.listen<ToggleEvent>(menu, "toggle", (event) => event.newState === "closed" && closedBy(this.opener));
  }

  private get menu(): HTMLElement | null {
    return this.host.root.querySelector<HTMLElement>("#card-menu");
  }

  private get items(): HTMLElement[] {
    return [...(this.menu?.querySelectorAll<HTMLElement>("[data-act]") ?? [])].filter((item) => !item.closest("[hidden]"));
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const button = target.closest<HTMLElement>(".sv-card-more");
    const act = target.closest<HTMLElement>("#card-menu [data-act]");
    if (button) {
      const box = button.getBoundingClientRect();
      this.show(button.closest<HTMLElement>(".sv-card"), button, box.left, box.bottom + GAP);
    } else if (act) this.act(act);
  }

  private onContext(event: MouseEvent): void {
    const card = (event.target as Element).closest<HTMLElement>(".sv-card");
    const opener = card?.querySelector<HTMLElement>(".sv-card-more");
    if (!card || !opener || event.shiftKey) return;
    event.preventDefault();
    const box = card.getBoundingClientRect();
    const [x, y] = event.button === 2 ? [event.clientX, event.clientY] : [box.left + GAP, box.top + GAP];
    this.show(card, opener, x, y);
  }

  private show(card: HTMLElement | null, opener: HTMLElement, x: number, y: number): void {
    const { menu } = this;
    if (!menu || !card) return;
    [this.card, this.opener] = [card, opener];
    this.offer(menu, card);
    showAt(menu, opener, x, y);
    this.items[0]?.focus();
  }

  /** Addresses of this card's element, and the lanes other than its own. */
  private offer(menu: HTMLElement, card: HTMLElement): void {
    const id = card.dataset.id ?? "";
    menu.querySelector('[data-act="open"]')?.setAttribute("href", menu.dataset.element?.replace("-", id) ?? "");
    const edit = menu.querySelector<HTMLElement>('[data-act="edit"]');
    edit?.setAttribute("href", edit.dataset.edit?.replace("/0/", `/${id}/`) ?? "");
    const movable = card.matches(".sv-card-movable");
    if (edit) edit.hidden = !movable;
    const lanes = menu.querySelector<HTMLElement>("[data-move-to]");
    if (lanes) lanes.hidden = !movable;
    const own = card.closest("[data-lane]");
    const others = [...this.host.root.querySelectorAll<HTMLElement>("[data-lane]")].filter((lane) => lane !== own);
    lanes?.querySelector("[data-lanes]")?.replaceChildren(...others.map(moveItem));
  }

  private act(item: HTMLElement): void {
    const { card } = this;
    this.menu?.hidePopover();
    const lane = this.host.root.querySelector<HTMLElement>(`#lane-${item.dataset.to ?? ""}`);
    if (item.dataset.act === "move" && card && lane) this.host.move(card, lane);
  }
}

function moveItem({ dataset: { lane = "", name = "", tone } }: HTMLElement): HTMLElement {
  const dot = h("span", { class: tone ? `sv-dot tone-${tone}` : "sv-dot" });
  return h("button", { type: "button", class: "sv-pop-link", role: "menuitem", "data-act": "move", "data-to": lane }, dot, name);
}
