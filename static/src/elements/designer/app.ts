// Puts the designer together: one model, two views of it, the toolbox, the editor, saving.
import htmx from "htmx.org";
import { h, icon } from "../../lib/dom";
import { toast } from "../../lib/toast";
import { Canvas } from "./canvas";
import { offerDraft } from "./draft";
import { Editor } from "./editor";
import { Model } from "./model";
import { Saver } from "./saver";
import { StepList } from "./steps";
import { askAction, fillToolbox } from "./toolbox";
import { type Place, find } from "./tree";
import type { Action, PageData, Problem } from "./types";

const PHONE = "(max-width: 767px)";
const VIEW_KEY = "svod-designer-view";

export function design(root: HTMLElement): () => void {
  const app = new App(root);
  return () => app.leave();
}

class App {
  private readonly model: Model;
  private readonly canvas: Canvas;
  private readonly list: StepList;
  private readonly editor: Editor;
  private readonly saver: Saver;
  private readonly life = new AbortController();
  private readonly texts: Record<string, string>;
  private view: "scheme" | "list" = "scheme";

  constructor(private readonly root: HTMLElement) {
    const data = JSON.parse(document.getElementById("process-data")?.textContent ?? "{}") as PageData;
    this.model = new Model(data);
    this.texts = data.texts;
    this.canvas = new Canvas(this.part("canvas"), this.model, data.texts);
    this.list = new StepList(this.part("steps"), this.model, data.texts, {
      add: (place) => void this.askAndAdd(place),
      open: () => this.showEditor(),
      say: (words) => this.say(words),
      remove: (id) => this.remove(id),
    });
    this.editor = new Editor(this.part("editor"), this.model, () => this.closeEditor());
    this.saver = new Saver(this.model, (words, isBad) => this.tell(words, isBad));
    fillToolbox(this.part("toolbox"), data, (action) => this.add(action), (event, action) => this.canvas.drag(event, action));
    offerDraft(root, () => this.model.tree);
    this.listen();
    this.list.draw();
    this.drawProblems();
    this.buttons();
    this.turn(matchMedia(PHONE).matches ? "list" : this.remembered());
    root.classList.add("is-ready");
  }

  leave(): void {
    this.life.abort();
    this.canvas.destroy();
  }

  private part(name: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(`[data-${name}]`) ?? h("div");
  }

  private listen(): void {
    const { signal } = this.life;
    this.model.addEventListener("change", (event) => this.onChange((event as CustomEvent<{ source: string }>).detail.source), { signal });
    this.model.addEventListener("select", (event) => this.onSelect((event as CustomEvent<{ source: string }>).detail.source), { signal });
    this.model.addEventListener("said", () => this.onSaid(), { signal });
    this.root.addEventListener("click", (event) => this.onClick(event), { signal });
    document.addEventListener("click", (event) => this.onProblem(event), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    matchMedia(PHONE).addEventListener("change", (event) => this.turn(event.matches ? "list" : this.remembered()), { signal });
  }

  // --- what follows from what ----------------------------------------------------------------

  private onChange(source: string): void {
    if (source !== "canvas") this.canvas.update();
    this.list.draw();
    if (source !== "editor") this.editor.reload();
    this.buttons();
    this.saver.later();
  }

  private onSelect(source: string): void {
    this.list.mark();
    this.canvas.choose(source !== "canvas");
    const { selected } = this.model;
    // By the keyboard one walks past many steps; the editor follows where there is room for it.
    if (matchMedia(PHONE).matches && source === "list") return;
    void this.editor.open(selected);
  }

  private onSaid(): void {
    this.list.draw();
    this.canvas.update();
    this.editor.mark();
    this.drawProblems();
  }

  private async showEditor(): Promise<void> {
    await this.editor.open(this.model.selected);
    if (!matchMedia(PHONE).matches) return;
    this.editor.focus();
  }

  private closeEditor(): void {
    void this.editor.open(null);
    if (this.view === "list") this.list.focus();
  }

  // --- adding and removing -------------------------------------------------------------------

  private add(action: Action, place?: Place): void {
    const step = this.model.add(action, place);
    if (!step) {
      toast((this.texts.cannot_stand ?? "").replace("%(name)s", action.label), "warning");
      return;
    }
    this.editor.isFresh(step.id);
    void this.editor.open(step.id).then(() => this.editor.focus());
    this.say((this.texts.added ?? "").replace("%(name)s", action.label));
  }

  private async askAndAdd(place: Place): Promise<void> {
    const action = await askAction(this.model.data, (slug) => this.model.allows(slug, place.parent));
    if (action) this.add(action, place);
    else if (this.view === "list") this.list.focus();
  }

  private remove(id: string): void {
    const step = find(this.model.tree, id)?.step;
    if (!step) return;
    const name = this.model.name(step);
    const here = this.list;
    const wasThere = this.part("steps").contains(document.activeElement);
    this.model.remove(id);
    if (wasThere) here.focus();
    this.say((this.texts.deleted ?? "").replace("%(name)s", name));
  }

  // --- the bar -------------------------------------------------------------------------------

  private onClick(event: MouseEvent): void {
    const name = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset.do;
    if (name === "undo") void this.travel(() => this.model.undo());
    if (name === "redo") void this.travel(() => this.model.redo());
    if (name === "scheme" || name === "list") this.choose(name);
    if (name === "parts") void this.editor.open("parts").then(() => this.editor.focus());
    if (name === "problems") this.toggleProblems();
    if (name === "publish") void this.openDialog("publish");
    if (name === "dry-run") void this.openDialog("dry_run");
  }

  private async travel(work: () => void): Promise<void> {
    await this.editor.flush();
    work();
  }

  private onKey(event: KeyboardEvent): void {
    const isTyping = (event.target as Element).closest("input, textarea, select, [contenteditable]");
    if (isTyping || document.querySelector("dialog:modal")) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.code === "KeyZ" && !event.shiftKey) void this.travel(() => this.model.undo());
    else if (ctrl && (event.code === "KeyY" || (event.code === "KeyZ" && event.shiftKey))) void this.travel(() => this.model.redo());
    else if (event.key === "Delete" && this.view === "scheme" && this.model.selected && !(event.target as Element).closest("[data-editor], [data-toolbox]")) {
      this.remove(this.model.selected);
    } else return;
    event.preventDefault();
  }

  private buttons(): void {
    const button = (name: string): HTMLButtonElement | null => this.root.querySelector(`[data-do="${name}"]`);
    button("undo")?.toggleAttribute("disabled", !this.model.canUndo);
    button("redo")?.toggleAttribute("disabled", !this.model.canRedo);
  }

  private remembered(): "scheme" | "list" {
    return sessionStorage.getItem(VIEW_KEY) === "list" ? "list" : "scheme";
  }

  private choose(view: "scheme" | "list"): void {
    sessionStorage.setItem(VIEW_KEY, view);
    this.turn(view);
    if (view === "list") this.list.focus();
  }

  private turn(view: "scheme" | "list"): void {
    this.view = view;
    this.root.dataset.view = view;
    for (const name of ["scheme", "list"]) {
      this.root.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(name === view));
    }
    if (view === "scheme") void this.canvas.show();
    else this.list.mark();
  }

  /** Publishing and trying out work on what the server has. */
  private async openDialog(name: string): Promise<void> {
    await this.editor.flush();
    if (!(await this.saver.now())) return;
    const link = h("a", { href: this.model.data.urls[name] ?? "", "data-dialog": "", hidden: true });
    this.root.append(link);
    htmx.process(link);
    link.click();
    link.remove();
  }

  // --- what is wrong -------------------------------------------------------------------------

  private drawProblems(): void {
    const { problems } = this.model.said;
    const button = this.root.querySelector<HTMLElement>("[data-problem-count]");
    const errors = problems.filter((one) => one.level !== "warning").length;
    const count = (name: string, number: number): string => (this.texts[name] ?? "").replace("%(count)s", String(number));
    const label = errors ? count("problems", errors) : problems.length ? count("warnings", problems.length) : this.texts.no_problems;
    const sign = errors ? icon("alert-triangle") : problems.length ? icon("info-circle") : icon("circle-check");
    button?.replaceChildren(sign, h("span", {}, label ?? ""));
    button?.classList.toggle("is-bad", errors > 0);
    const list = problems.map((one) => h("li", {}, problemButton(one)));
    const box = this.part("problems");
    box.replaceChildren(h("ul", { class: "sv-problems list-unstyled" }, ...list));
    if (!problems.length) this.toggleProblems(false);
  }

  private toggleProblems(show = this.part("problems").hidden && this.model.said.problems.length > 0): void {
    this.part("problems").hidden = !show;
    this.root.querySelector("[data-problem-count]")?.setAttribute("aria-expanded", String(show));
  }

  /** From a mistake to its step and control, from wherever it was told. */
  private onProblem(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-problem-step]");
    if (!button) return;
    button.closest("dialog")?.close();
    this.editor.allAsked();
    const { problemStep = "", problemParam = "" } = button.dataset;
    if (!problemStep) {
      void this.editor.open("parts").then(() => this.editor.focus(problemParam));
      return;
    }
    this.model.select(problemStep);
    void this.editor.open(problemStep).then(() => this.editor.focus(problemParam));
  }

  private tell(words: string, isBad = false): void {
    const state = this.part("state");
    state.textContent = words;
    state.classList.toggle("is-bad", isBad);
  }

  private say(words: string): void {
    this.part("live").textContent = words;
  }
}

function problemButton(problem: Problem): HTMLElement {
  const words = h("span", {}, h("strong", {}, problem.name), ` ${problem.text}`);
  const attrs = { type: "button", class: `sv-problem is-${problem.level}`, "data-problem-step": problem.step, "data-problem-param": problem.param };
  return h("button", attrs, problem.level === "warning" ? icon("info-circle", "icon icon-sm") : icon("alert-circle", "icon icon-sm"), words);
}
