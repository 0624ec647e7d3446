// The vote on a conversation that is closed: a number by one click, then words from whoever has
// some. It is asked once a conversation; whoever has voted is thanked until the next one begins.

export interface Polled { asks_vote?: boolean; vote?: number | null }
type Vote = { value: number; text?: string };

export class Ballot {
  private value = 0;
  private readonly form: HTMLFormElement;

  constructor(
    private readonly place: HTMLElement,
    private readonly send: (vote: Vote) => Promise<unknown>,
    private readonly complain: (error?: unknown) => void,
  ) {
    this.form = place.querySelector("form")!;
    place.addEventListener("click", (event) => {
      const value = (event.target as HTMLElement).closest("button")?.dataset.vote;
      if (value) void this.vote({ value: Number(value) });
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = String(new FormData(this.form).get("text")).trim();
      if (text) void this.vote({ value: this.value, text });
    });
  }

  show(state: Polled): void {
    if (!state.asks_vote && this.value) this.draw(0, false);
    this.place.hidden = !state.asks_vote || (Boolean(state.vote) && !this.value);
  }

  private async vote(vote: Vote): Promise<void> {
    try {
      await this.send(vote);
      this.complain();
      this.draw(vote.value, !vote.text);
    } catch (error) {
      this.complain(error); // what was written stays
    }
  }

  private draw(value: number, wantsWords: boolean): void {
    this.value = value;
    this.part("numbers").hidden = value > 0;
    this.part("thanks").hidden = value === 0;
    this.form.hidden = !wantsWords;
    if (!wantsWords) this.form.reset();
  }

  private part(name: string): HTMLElement {
    return this.place.querySelector<HTMLElement>(`[data-${name}]`)!;
  }
}
