// Small controls of the designer's forms: a value or a placeholder, rows, values of fields.
// Each tells of its changes by "svod:edited", for some of them no input event comes.
import { SvodElement, define } from "../../lib/element";

function edited(element: Element): void {
  element.dispatchEvent(new Event("svod:edited", { bubbles: true }));
}

/** <svod-dynamic>: `[data-plain]`, `[data-expr]`, the switch `[data-toggle]`, a hidden mode. */
class Dynamic extends SvodElement {
  protected attach(): void {
    const toggle = this.querySelector("[data-toggle]");
    if (toggle) this.listen(toggle, "click", () => this.turn(toggle));
  }

  private turn(toggle: Element): void {
    const on = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(on));
    this.classList.toggle("is-expr", on);
    const plain = this.querySelector<HTMLElement>("[data-plain]");
    const expression = this.querySelector<HTMLElement>("[data-expr]");
    if (plain) plain.hidden = on;
    if (expression) expression.hidden = !on;
    const mode = this.querySelector<HTMLInputElement>(":scope > input[type=hidden]");
    if (mode) mode.value = on ? "expr" : "plain";
    (on ? expression : plain)?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    edited(this);
  }
}

/** <svod-rows data-token="__row0__">: rows, a template whose token becomes the row's number. */
class Rows extends SvodElement {
  private made = 0;

  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("svod-rows") !== this) return;
    const row = target.closest<HTMLElement>("[data-row]");
    if (target.closest("[data-add]")) return this.add();
    if (target.closest("[data-remove]")) row?.remove();
    else if (target.closest("[data-up]")) row?.previousElementSibling?.before(row);
    else return;
    edited(this);
  }

  private add(): void {
    const template = this.querySelector<HTMLTemplateElement>(":scope > template");
    const rows = this.querySelector(":scope > [data-rows]");
    if (!template || !rows) return;
    this.made += 1;
    const number = `n${Date.now().toString(36)}${this.made}`;
    rows.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll(this.dataset.token ?? "", number));
    const last = rows.lastElementChild;
    last?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    edited(this);
  }
}

/** <svod-values>: a select `[data-add]` of fields, a template for each, rows that can go. */
class Values extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<Event>(this, "change", (event) => this.onChange(event));
  }

  private onClick(event: MouseEvent): void {
    const button = (event.target as Element).closest("[data-remove]");
    if (!button) return;
    button.closest("[data-code]")?.remove();
    this.querySelector<HTMLElement>(":scope > select")?.focus();
    this.dispatchEvent(new CustomEvent("svod:edited", { bubbles: true, detail: { redraw: true } }));
  }

  private onChange(event: Event): void {
    const select = event.target as HTMLSelectElement;
    if (!select.matches("[data-add]")) return;
    event.stopPropagation();
    const code = CSS.escape(select.value);
    const template = this.querySelector<HTMLTemplateElement>(`template[data-code="${code}"]`);
    const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    if (!row) return;
    this.querySelector("[data-rows]")?.append(row);
    select.querySelector(`option[value="${code}"]`)?.remove();
    select.value = "";
    row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    edited(this);
  }
}

define("svod-dynamic", Dynamic);
define("svod-rows", Rows);
define("svod-values", Values);
