// What the parts of a grid share: where it stands on the page and how it moves.

export interface GridHost {
  /** The `<svod-grid>`; it stays while the fragment inside it is swapped. */
  readonly root: HTMLElement;
  /** The address of the list, e.g. `/lists/3/`. */
  readonly base: string;
  /** The fragment with the rows (`#grid`), as it is now. */
  readonly area: HTMLElement;
  /** The query string of what is shown, e.g. `?q=ель&page=2`. */
  readonly state: string;
  /** Load the grid in another state and put its address into the history. */
  go(url: string, history?: "push" | "replace"): Promise<void>;
  /** Load the grid anew without the named parameters. */
  reload(drop?: string): Promise<void>;
  /** Put a parameter into the address without loading anything. */
  note(name: string, value: string): void;
  /** A text of the page: `data-text-<name>` of the root, with `{place}` replaced. */
  say(name: string, values?: Record<string, string | number>): string;
  listen<T extends Event>(target: EventTarget, type: string, handler: (event: T) => void, options?: AddEventListenerOptions): void;
}

/** The row of an element, or null. */
export function rowOf(node: Element): HTMLTableRowElement | null {
  return node.closest<HTMLTableRowElement>("tr[data-id]");
}

/** The code of a cell's column. */
export function codeOf(cell: HTMLTableCellElement): string {
  return headerOf(cell)?.dataset.code ?? "";
}

export function headerOf(cell: HTMLTableCellElement): HTMLTableCellElement | undefined {
  return cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
}

/** `base` with a path below it and the grid's state. */
export function below(host: GridHost, path: string): string {
  return `${host.base}${path}${host.state}`;
}
