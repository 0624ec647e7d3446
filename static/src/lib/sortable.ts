// Dragging rows into another order, with SortableJS loaded when a page first needs it.
import type Sortable from "sortablejs";

interface Order {
  /** Selector of what is dragged, a direct child of the container. */
  item: string;
  /** Lists of the same group exchange items (kanban columns). */
  group?: string;
  done: (event: Sortable.SortableEvent) => void;
}

export async function sortable(container: HTMLElement, order: Order): Promise<Sortable> {
  const { default: Lib } = await import("sortablejs");
  return new Lib(container, {
    draggable: order.item,
    handle: container.querySelector(".sv-handle") ? ".sv-handle" : "",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "sv-ghost",
    chosenClass: "sv-chosen-row",
    ...(order.group && { group: order.group }),
    onEnd: order.done,
  });
}
