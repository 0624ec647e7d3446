// A tree of <details>-less lists: <svod-tree data-url="/departments/move/"><ul data-parent="">
// <li data-id="5"><div class="sv-tree-row"><button data-toggle aria-expanded="true">…</button>
// …</div><ul data-parent="5">…</ul></li></ul></svod-tree>. With data-url rows are dragged by
// `.sv-handle`; a move posts id, parent and repeated `ids` (the new order of that branch), and
// the tree is put back when the server refuses. Closed branches are remembered by data-key.
import type Sortable from "sortablejs";
import { SvodElement, define } from "../lib/element";
import { failureName, csrfToken } from "../lib/dom";
import { sortable } from "../lib/sortable";
import { text } from "../lib/texts";
import { toast } from "../lib/toast";

class Tree extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    for (const id of this.closed) this.turn(id, false);
    if (this.dataset.url) this.drag();
  }

  private get key(): string {
    return `svod-tree:${this.dataset.key ?? this.id}`;
  }

  private get closed(): string[] {
    return JSON.parse(localStorage.getItem(this.key) ?? "[]") as string[];
  }

  private branch(id: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`li[data-id="${CSS.escape(id)}"]`);
  }

  private onClick(event: MouseEvent): void {
    const item = (event.target as Element).closest("[data-toggle]")?.closest<HTMLElement>("li[data-id]");
    if (item) this.set(item, item.classList.contains("sv-closed"));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    if ((event.target as Element).matches("input, textarea, select")) return;
    const item = (event.target as Element).closest<HTMLElement>("li[data-id]");
    if (item) this.set(item, event.key === "ArrowRight");
  }

  private set(item: HTMLElement, open: boolean): void {
    const id = item.dataset.id ?? "";
    this.turn(id, open);
    const others = this.closed.filter((known) => known !== id);
    localStorage.setItem(this.key, JSON.stringify(open ? others : [...others, id]));
  }

  private turn(id: string, open: boolean): void {
    const item = this.branch(id);
    item?.classList.toggle("sv-closed", !open);
    item?.querySelector("[data-toggle]")?.setAttribute("aria-expanded", String(open));
  }

  private drag(): void {
    for (const list of this.querySelectorAll<HTMLElement>("ul[data-parent]")) {
      void sortable(list, { item: "li[data-id]", group: this.key, done: (event) => void this.moved(event) });
    }
  }

  private async moved(event: Sortable.SortableEvent): Promise<void> {
    const { item, from, to, oldDraggableIndex } = event;
    if (from === to && oldDraggableIndex === event.newDraggableIndex) return;
    const body = new URLSearchParams({ id: item.dataset.id ?? "", parent: to.dataset.parent ?? "" });
    for (const near of to.querySelectorAll<HTMLElement>(":scope > li[data-id]")) body.append("ids", near.dataset.id ?? "");
    const refusal = await this.send(body);
    if (!refusal) return;
    from.insertBefore(item, from.children[oldDraggableIndex ?? 0] ?? null);
    toast(refusal, "error");
  }

  /** The reason for a refusal, or nothing. A 422 answer's text is for people. */
  private async send(body: URLSearchParams): Promise<string | undefined> {
    try {
      const headers = { "X-CSRFToken": csrfToken(), Accept: "text/plain" };
      const answer = await fetch(this.dataset.url ?? "", { method: "POST", body, headers });
      if (answer.ok && !answer.redirected) return undefined;
      return answer.status === 422 ? await answer.text() : text(failureName(answer.redirected ? 401 : answer.status));
    } catch {
      return text("error_network");
    }
  }
}

define("svod-tree", Tree);
