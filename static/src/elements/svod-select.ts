// <svod-select data-url="/people/suggest/"><select …></select></svod-select>: a searchable
// select. With data-url the server is asked (?q=…) and answers [{value, text, note?, tone?,
// icon?}] or {results: […], groups?: […], told?: why there are none}; without it the options of the select are searched. The real
// select stays in the form. With data-new a text that is not there yet may be added: it is POSTed
// there as `name`, and {value, text} or {error} comes back. `data-placeholder`; `multiple` on the select gives many.
import type TomSelect from "tom-select";
import { SvodElement, define } from "../lib/element";
import { csrfToken, failureName, h, icon } from "../lib/dom";
import { text } from "../lib/texts";
import { toast } from "../lib/toast";

export interface Option {
  value: string;
  text: string;
  note?: string;
  tone?: string;
  icon?: string;
}

/** A heading over options; they name it by what `optgroupField` says. */
interface Heading {
  value: string;
  label: string;
}

type Made = (option?: Option) => void;
type Done = (options?: Option[], headings?: Heading[]) => void;
export type Settings = NonNullable<ConstructorParameters<typeof TomSelect>[1]>;

const DELAY_MS = 250;

function draw(option: Option): HTMLElement {
  const name = option.tone
    ? h("span", { class: `sv-badge tone-${option.tone}` }, option.text)
    : h("span", { class: "sv-option-text" }, option.text);
  const note = option.note ? [h("span", { class: "sv-option-note" }, option.note)] : [];
  return h("div", { class: "sv-option" }, ...(option.icon ? [icon(option.icon)] : []), name, ...note);
}

function drawChosen(option: Option): HTMLElement {
  return h("div", { class: option.tone ? `sv-chosen tone-${option.tone}` : "sv-chosen" }, option.text);
}

export class Select extends SvodElement {
  private picker: TomSelect | undefined;
  /** Why the server found nothing, when it says so. */
  private told = "";

  protected attach(): void {
    this.setAttribute("hx-morph-skip", "");
    void this.build();
  }

  protected override detach(): void {
    this.picker?.destroy();
    this.picker = undefined;
  }

  private async build(): Promise<void> {
    const { default: Picker } = await import("tom-select");
    const select = this.querySelector("select");
    if (!select || !this.alive || this.picker) return;
    const focused = document.activeElement === select;
    this.picker = new Picker(select, this.settings(select));
    if (focused) this.picker.focus();
    // Its label has moved to the picker: without one it must not be read aloud a second time.
    select.setAttribute("aria-hidden", "true");
    this.classList.add("sv-ready");
  }

  protected settings(select: HTMLSelectElement): Settings {
    const title = text("remove");
    const many = { remove_button: { title }, caret_position: {} };
    return {
      plugins: select.multiple ? many : select.required ? {} : { clear_button: { title } },
      create: this.dataset.new ? (name: string, done: Made) => void this.make(name, done) : false,
      // Enter right after typing must choose among what fits, not among what stood there before.
      refreshThrottle: 0,
      maxOptions: 200,
      placeholder: this.dataset.placeholder ?? (this.dataset.url ? text("type_to_search") : ""),
      valueField: "value",
      labelField: "text",
      searchField: ["text", "note"],
      render: this.render(),
      ...(this.dataset.url && this.remote(this.dataset.url)),
    } as Settings;
  }

  protected render(): Record<string, unknown> {
    return {
      option: draw,
      item: drawChosen,
      option_create: (data: { input: string }) => h("div", { class: "create" }, text("add_value", { name: data.input })),
      no_results: () => h("div", { class: "sv-option-none" }, this.told || text("nothing_found")),
      loading: () => h("div", { class: "sv-option-none" }, text("loading")),
    };
  }

  private remote(url: string): Record<string, unknown> {
    return {
      preload: "focus",
      loadThrottle: DELAY_MS,
      // The server has searched already, by rules the script does not know.
      score: () => () => 1,
      load: (query: string, done: Done) => void this.ask(url, query, done),
      onType: () => this.picker?.clearActiveOption(),
    };
  }

  private async ask(url: string, query: string, done: Done): Promise<void> {
    const address = new URL(url, location.href);
    address.searchParams.set("q", query);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const found = (await answer.json()) as Option[] | { results: Option[]; groups?: Heading[]; told?: string };
      this.told = (!Array.isArray(found) && found.told) || "";
      this.forget();
      if (Array.isArray(found)) done(found);
      else done(found.results, found.groups);
    } catch {
      done();
    }
  }

  /** The server makes a value of what was typed; it is chosen then. */
  private async make(name: string, done: Made): Promise<void> {
    try {
      const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
      const answer = await fetch(this.dataset.new ?? "", { method: "POST", body: new URLSearchParams({ name }), headers });
      if (answer.ok) return done((await answer.json()) as Option);
      const said = answer.status === 422 ? ((await answer.json()) as { error: string }).error : text(failureName(answer.status));
      toast(said, "error");
    } catch {
      toast(text("error_network"), "error");
    }
    done();
  }

  /** Options of an earlier search would stand among the new ones. */
  private forget(): void {
    this.picker?.clearOptions((option) => this.picker?.items.includes(String(option.value)) ?? false);
  }
}

define("svod-select", Select);
