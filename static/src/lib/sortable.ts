// Dragging rows into another order, with SortableJS loaded when a page first needs it.
import type Sortable from "sortablejs";

interface Order {
  /** Selector of what is dragged, a direct child of the container. */
  item: string;
  /** Lists of the same group exchange items (kanban columns). */
  group?: string;
  /** Selector of what drags; usually `.sv-handle` where there is one. */
  handle?: string;
  /** Cards with links and texts in them: dragged by the program, for a browser would drag the
   * links, and on a touch screen after a moment, for a swipe scrolls. */
  cards?: boolean;
  begun?: () => void;
  moved?: (event: Sortable.MoveEvent) => boolean;
  done: (event: Sortable.SortableEvent) => void;
}

export async function sortable(container: HTMLElement, order: Order): Promise<Sortable> {
  const { default: Lib } = await import("sortablejs");
  return new Lib(container, {
    draggable: order.item,
    handle: order.handle ?? (container.querySelector(".sv-handle") ? ".sv-handle" : ""),
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "sv-ghost",
    chosenClass: "sv-chosen-row",
    ...(order.group && { group: order.group }),
    ...(order.begun && { onStart: order.begun }),
    ...(order.moved && { onMove: order.moved }),
    ...(order.cards && { forceFallback: true, fallbackOnBody: true, fallbackTolerance: 5, delay: 180, delayOnTouchOnly: true, sort: false, fallbackClass: "sv-card-carried" }),
    onEnd: order.done,
  });
}
