// The menu of a card: by its button, by the right mouse button, by the menu key.

const GAP = 6;

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
    host.listen<KeyboardEvent>(menu, "keydown", (event) => this.onKey(event));
    host.listen<ToggleEvent>(menu, "toggle", (event) => event.newState === "closed" && this.closed());
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
    menu.showPopover();
    const size = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(GAP, Math.min(x, innerWidth - size.width - GAP))}px`;
    menu.style.top = `${Math.max(GAP, Math.min(y, innerHeight - size.height - GAP))}px`;
    opener.setAttribute("aria-expanded", "true");
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
    const own = card.closest<HTMLElement>("[data-lane]")?.dataset.lane;
    for (const item of menu.querySelectorAll<HTMLElement>("[data-to]")) item.hidden = item.dataset.to === own;
  }

  private act(item: HTMLElement): void {
    const { card } = this;
    this.menu?.hidePopover();
    const lane = this.host.root.querySelector<HTMLElement>(`#lane-${item.dataset.to ?? ""}`);
    if (item.dataset.act === "move" && card && lane) this.host.move(card, lane);
  }

  private closed(): void {
    this.opener?.removeAttribute("aria-expanded");
    if (document.activeElement === document.body) this.opener?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const { items } = this;
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + by + items.length) % items.length]?.focus();
  }
}
