// Asks before anything with `data-confirm` (a link, a button, a form's button) or
// `hx-confirm`. More: data-confirm-title, data-confirm-action, data-confirm-danger.
import { SvodElement, define } from "../lib/element";
import { ask, type Question } from "../lib/ask";

interface Confirming {
  ctx: { sourceElement: HTMLElement; confirm: string };
  issueRequest: () => void;
  dropRequest: () => void;
}

function question(source: HTMLElement, words: string): Question {
  const { confirmTitle, confirmAction, confirmDanger } = source.dataset;
  return { text: words, title: confirmTitle, action: confirmAction, danger: confirmDanger !== undefined };
}

class Confirm extends SvodElement {
  private agreed = new WeakSet<Element>();

  protected attach(): void {
    this.listen<MouseEvent>(document, "click", (event) => this.hold(event), { capture: true });
    this.listen<CustomEvent<Confirming>>(document, "htmx:confirm", (event) => this.holdRequest(event));
  }

  private hold(event: MouseEvent): void {
    const source = (event.target as Element).closest<HTMLElement>("[data-confirm]");
    if (!source || this.agreed.delete(source)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // Of a form it is the button inside that was pressed: a click on the form itself sends nothing.
    const pressed = (event.target as Element).closest<HTMLElement>("a, button, input") ?? source;
    void this.askThenClick(source, pressed);
  }

  private async askThenClick(source: HTMLElement, pressed: HTMLElement): Promise<void> {
    if (!(await ask(question(source, source.dataset.confirm ?? "")))) return;
    this.agreed.add(source);
    pressed.click();
  }

  private async holdRequest(event: CustomEvent<Confirming>): Promise<void> {
    event.preventDefault();
    const { ctx, issueRequest, dropRequest } = event.detail;
    const agreed = await ask(question(ctx.sourceElement, ctx.confirm));
    (agreed ? issueRequest : dropRequest)();
  }
}

define("svod-confirm", Confirm);
