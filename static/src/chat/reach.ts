// How to reach the visitor when they have gone: asked once they have written, while the portal knows
// neither a telephone nor an e-mail of theirs. A line that opens, so that it does not press.

export interface Reachable { asks_contact?: boolean }

export class Reach {
  private readonly form: HTMLFormElement;

  constructor(
    private readonly place: HTMLDetailsElement,
    private readonly send: (facts: object) => Promise<unknown>,
    private readonly complain: (error?: unknown) => void,
  ) {
    this.form = place.querySelector("form")!;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.tell();
    });
  }

  show(state: Reachable): void {
    this.place.hidden = !state.asks_contact;
  }

  private async tell(): Promise<void> {
    try {
      await this.send(Object.fromEntries(new FormData(this.form)));
      this.complain();
      this.form.hidden = true;
      this.place.querySelector("summary")!.textContent = this.place.dataset.thanks ?? "";
    } catch (error) {
      this.complain(error);
    }
  }
}
