// The same process as a list that the keyboard walks: ↑ ↓ go, Enter opens the settings,
// Insert or + adds, Alt with the arrows moves, Ctrl+D copies, Delete deletes.
import { h, icon } from "../../lib/dom";
import type { Model } from "./model";
import { type Place, find } from "./tree";
import type { Step } from "./types";

export interface Doings {
  /** Ask which action and put it there. */
  add(place: Place): void;
  open(): void;
  say(text: string): void;
  remove(id: string): void;
}

type Way = "up" | "down" | "in" | "out";
const ARROWS: Record<string, Way> = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };

export class StepList {
  constructor(
    private readonly root: HTMLElement,
    private readonly model: Model,
    private readonly texts: Record<string, string>,
    private readonly doings: Doings,
  ) {
    root.addEventListener("click", (event) => this.onClick(event));
    root.addEventListener("keydown", (event) => this.onKey(event));
  }

  draw(): void {
    const active = this.root.contains(document.activeElement) ? document.activeElement?.getAttribute("data-row") : null;
    const { steps } = this.model.tree;
    this.root.replaceChildren(
      h("p", { class: "sv-steps-edge" }, icon("player-play", "icon icon-sm"), this.texts.begin ?? ""),
      steps.length ? this.list(steps) : this.nothing(),
      h("p", { class: "sv-steps-edge" }, icon("flag", "icon icon-sm"), this.texts.end ?? ""),
    );
    this.mark();
    if (active) this.focus(active);
  }

  /** Show what is chosen; the one row that Tab leads to. */
  mark(): void {
    const { selected, spot } = this.model;
    const name = selected === null ? "" : spot === null ? selected : `${selected}/${spot}`;
    const rows = [...this.root.querySelectorAll<HTMLElement>("[data-row]")];
    const chosen = rows.find((row) => row.dataset.row === name);
    for (const row of rows) {
      const on = row === chosen;
      row.tabIndex = on || (!chosen && row === rows[0]) ? 0 : -1;
      row.toggleAttribute("aria-current", on);
      const head = row.closest<HTMLElement>(".sv-step-head, .sv-steps-way-head");
      head?.classList.toggle("is-chosen", on);
      for (const tool of head?.querySelectorAll<HTMLElement>(".sv-icon-btn") ?? []) tool.tabIndex = on ? 0 : -1;
    }
    chosen?.scrollIntoView({ block: "nearest" });
  }

  focus(name = this.model.selected ?? ""): void {
    const row = this.root.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`);
    (row ?? this.root.querySelector<HTMLElement>("[data-row], [data-add]"))?.focus();
  }

  private nothing(): HTMLElement {
    const add = h("button", { type: "button", class: "btn btn-primary", "data-add": "-/0/0" }, icon("plus"), this.texts.add_first ?? "");
    return h(
      "div",
      { class: "sv-state sv-state-small" },
      h("p", { class: "sv-state-title" }, this.texts.empty ?? ""),
      h("p", { class: "sv-state-text" }, this.texts.empty_hint ?? ""),
      add,
    );
  }

  private list(steps: Step[]): HTMLElement {
    return h("ol", { class: "sv-steps-list list-unstyled" }, ...steps.map((step) => this.row(step)));
  }

  private row(step: Step): HTMLElement {
    const ways = step.branches ?? [];
    const body = ways.map((_way, number) => this.way(step, number));
    return h("li", { class: "sv-step" }, h("div", { class: "sv-step-head" }, this.button(step), this.tools(step)), ...body);
  }

  private button(step: Step): HTMLElement {
    const words = this.model.said.words[step.id] ?? "";
    const wrong = this.model.problemsOf(step.id);
    const name = h("span", { class: "sv-step-name" }, this.model.name(step));
    const text = h("span", { class: "sv-step-text" }, ...(words ? [name, h("span", { class: "sv-step-words" }, words)] : [name]));
    const sign = this.model.action(step)?.icon ?? "help-circle";
    const mark = wrong.length ? [h("span", { class: "sv-step-wrong", title: wrong[0]?.text }, icon("alert-triangle", "icon icon-sm"))] : [];
    return h("button", { type: "button", class: "sv-step-button", "data-row": step.id, tabindex: "-1" }, picture(sign), text, ...mark);
  }

  private tools(step: Step): HTMLElement {
    const found = find(this.model.tree, step.id);
    const place = found ? `${found.parent ?? "-"}/${found.branch}/${found.index + 1}` : "-/0/0";
    const tool = (sign: SVGElement, name: string, attrs: Record<string, string>): HTMLElement => {
      const label = `${this.texts[name] ?? ""}: ${this.model.name(step)}`;
      return h("button", { type: "button", class: "btn btn-ghost sv-icon-btn", tabindex: "-1", "aria-label": label, title: this.texts[name] ?? "", ...attrs }, sign);
    };
    return h(
      "div",
      { class: "sv-step-tools" },
      tool(icon("plus"), "add_after", { "data-add": place }),
      tool(icon("arrow-up"), "move_up", { "data-move": "up", "data-id": step.id }),
      tool(icon("arrow-down"), "move_down", { "data-move": "down", "data-id": step.id }),
      tool(icon("arrow-right"), "move_in", { "data-move": "in", "data-id": step.id }),
      tool(icon("arrow-left"), "move_out", { "data-move": "out", "data-id": step.id }),
      tool(icon("copy"), "copy", { "data-copy": step.id }),
      tool(icon("trash"), "delete", { "data-delete": step.id }),
    );
  }

  private way(step: Step, number: number): HTMLElement {
    const own = step.branches?.[number];
    const only = this.model.action(step)?.branches === "one";
    const fallback = (only ? this.texts.body : this.texts.branch?.replace("%(number)s", String(number + 1))) ?? "";
    const label = this.model.said.ways[step.id]?.[number] || own?.name || fallback;
    const place = `${step.id}/${number}/${own?.steps.length ?? 0}`;
    const row = h("button", { type: "button", class: "sv-steps-way-button", "data-row": `${step.id}/${number}`, tabindex: "-1" }, label);
    const named = `${this.texts.add_inside ?? ""}: ${label}`;
    const add = h("button", { type: "button", class: "btn btn-ghost sv-icon-btn", tabindex: "-1", "data-add": place, "aria-label": named, title: this.texts.add_inside }, icon("plus"));
    const kind = this.model.action(step)?.conditional ? "is-choice" : only ? "is-body" : "is-parallel";
    return h("div", { class: `sv-steps-way ${kind}` }, h("div", { class: "sv-steps-way-head" }, row, add), this.list(own?.steps ?? []));
  }

  // --- what is pressed -----------------------------------------------------------------------

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const at = (name: string): string | null => target.closest(`[${name}]`)?.getAttribute(name) ?? null;
    const add = at("data-add");
    const move = target.closest<HTMLElement>("[data-move]");
    const copy = at("data-copy");
    const gone = at("data-delete");
    const row = at("data-row");
    if (add) this.doings.add(placeOf(add));
    else if (move) this.shift(move.dataset.id ?? "", move.dataset.move as Way);
    else if (copy) this.copy(copy);
    else if (gone) this.doings.remove(gone);
    else if (row) {
      this.choose(row);
      this.doings.open();
    }
  }

  private choose(name: string): void {
    const [id, spot] = name.split("/");
    this.model.select(id ?? null, { spot: spot === undefined ? null : Number(spot), source: "list" });
  }

  private onKey(event: KeyboardEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!row) return;
    const [id = "", spot] = (row.dataset.row ?? "").split("/");
    const way = ARROWS[event.key];
    if (way && event.altKey && spot === undefined) this.shift(id, way);
    else if ((way === "up" || way === "down") && !event.ctrlKey) this.walk(row, way);
    else if (event.key === "Home" || event.key === "End") this.walk(row, event.key);
    else if (event.key === "Insert" || event.key === "+") this.addAt(row.dataset.row ?? "");
    else if (event.key === "Delete" && spot === undefined) this.doings.remove(id);
    else if (event.code === "KeyD" && event.ctrlKey && spot === undefined) this.copy(id);
    else return;
    event.preventDefault();
  }

  private walk(row: HTMLElement, way: "up" | "down" | "Home" | "End"): void {
    const rows = [...this.root.querySelectorAll<HTMLElement>("[data-row]")];
    const place = { up: rows.indexOf(row) - 1, down: rows.indexOf(row) + 1, Home: 0, End: rows.length - 1 }[way];
    const next = rows[Math.max(0, Math.min(place, rows.length - 1))];
    if (!next) return;
    this.choose(next.dataset.row ?? "");
    next.focus();
  }

  private addAt(name: string): void {
    this.choose(name);
    this.doings.add(this.model.place);
  }

  private shift(id: string, way: Way): void {
    if (!this.model.move(id, way)) return;
    this.model.select(id, { source: "list" });
    this.focus(id);
    this.told("moved", id);
  }

  private copy(id: string): void {
    this.model.copy(id);
    this.focus();
    this.told("added", this.model.selected ?? "");
  }

  private told(text: string, id: string): void {
    const step = find(this.model.tree, id)?.step;
    if (step) this.doings.say((this.texts[text] ?? "").replace("%(name)s", this.model.name(step)));
  }
}

function placeOf(text: string): Place {
  const [parent, branch, index] = text.split("/");
  return { parent: parent === "-" ? null : (parent ?? null), branch: Number(branch), index: Number(index) };
}

/** An icon whose name comes from the action: the build finds it where the action names it. */
function picture(name: string): SVGElement {
  const sign = icon("help-circle", "icon sv-step-icon");
  const use = sign.querySelector("use");
  use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${name}`));
  return sign;
}

export { picture as stepPicture };
