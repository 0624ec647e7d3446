// The forms of a place in which something was typed and is not saved yet.

export type Answered = CustomEvent<{
  ctx: { request: { method: string; form?: HTMLFormElement | null; submitter?: HTMLButtonElement | null }; response: { status: number } };
}>;

export class Typed {
  private readonly forms = new Set<HTMLFormElement>();

  /** A form that has left the page has nothing to lose. */
  get any(): boolean {
    return [...this.forms].some((form) => form.isConnected);
  }

  note(event: Event): void {
    const form = (event.target as Element).closest("form");
    if (form && !form.hasAttribute("data-no-warning")) this.forms.add(form);
  }

  /** Something was sent and answered: saved, or back with its errors or with other controls. */
  answered(event: Answered, place: Element): void {
    const { request, response } = event.detail.ctx;
    if (request.method === "GET" || !request.form || !this.forms.delete(request.form)) return;
    const back = response.status >= 400 || request.submitter?.name === "redraw";
    const again = back && [...place.querySelectorAll("form")].find((form) => form.getAttribute("action") === request.form?.getAttribute("action"));
    if (again) this.forms.add(again);
  }

  forget(form?: HTMLFormElement | null): void {
    if (form) this.forms.delete(form);
    else this.forms.clear();
  }
}
