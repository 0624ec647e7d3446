// <svod-row-colors data-most="10">: the rules of colour in the dialog of a table's look. A new one
// is a copy of `template[data-rule]`; its conditions are <svod-list-conditions>.
import { SvodElement, define } from "../../lib/element";

class RowColors extends SvodElement {
  protected attach(): void {
    this.listen<MouseEvent>(this, "click", (event) => this.onClick(event));
    this.listen<Event>(this, "change", (event) => this.paint(event.target as HTMLSelectElement));
    this.limit();
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-add-rule]")) this.add();
    const drop = target.closest("[data-drop-rule]");
    if (!drop) return;
    drop.closest("[data-color-rule]")?.remove();
    this.limit();
    this.querySelector<HTMLElement>("[data-add-rule]")?.focus();
  }

  private add(): void {
    const template = this.querySelector<HTMLTemplateElement>("template[data-rule]");
    const rule = template?.content.firstElementChild;
    if (!rule) return;
    const added = document.importNode(rule, true);
    this.querySelector("[data-rules]")?.append(added);
    this.limit();
    added.querySelector<HTMLElement>("[data-add-row]")?.click();
  }

  /** The sample beside the choice shows the colour. */
  private paint(select: HTMLSelectElement): void {
    if (select.name !== "tone") return;
    const sample = select.parentElement?.querySelector("[data-sample]");
    if (sample) sample.className = `sv-color-sample tone-${select.value}`;
  }

  private limit(): void {
    const button = this.querySelector<HTMLElement>("[data-add-rule]");
    const rules = this.querySelectorAll("[data-color-rule]").length;
    if (button) button.hidden = rules >= Number(this.dataset.most ?? "10");
  }
}

define("svod-row-colors", RowColors);
