// The base of every custom element: light DOM, listeners that end with the element.

export abstract class SvodElement extends HTMLElement {
  #life: AbortController | undefined;

  connectedCallback(): void {
    if (this.#life) return;
    this.#life = new AbortController();
    this.attach();
  }

  disconnectedCallback(): void {
    // A drag or a swap may move the element: only one that stays away is taken apart.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#life?.abort();
      this.#life = undefined;
      this.detach();
    });
  }

  /** Set the element up; its children are there. Runs again after a swap put it back. */
  protected abstract attach(): void;

  /** Undo what listeners' end does not undo (timers, editors). */
  protected detach(): void {}

  /** Listen until the element leaves the page. */
  protected listen<T extends Event>(
    target: EventTarget,
    type: string,
    handler: (event: T) => void,
    options: AddEventListenerOptions = {},
  ): void {
    const signal = this.#life?.signal;
    target.addEventListener(type, handler as EventListener, { ...options, ...(signal && { signal }) });
  }

  /** Is it still the same life of the element? For code that goes on after an `await`. */
  protected get alive(): boolean {
    return this.#life !== undefined && this.isConnected;
  }
}

export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
