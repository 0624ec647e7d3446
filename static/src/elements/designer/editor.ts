// The panel of the chosen step, or of what belongs to no step: the server draws the form and
// reads it back into the tree, so a new action or widget needs no script here.
import htmx from "htmx.org";
import { csrfToken, failureName, h, icon, iconButton } from "../../lib/dom";
import { text } from "../../lib/texts";
import { toast } from "../../lib/toast";
import type { Model } from "./model";
import { equip, type Values } from "./picker";
import { stepPicture } from "./steps";
import { find } from "./tree";
import type { Branch, Step, Tree } from "./types";

const TYPING_MS = 350;

interface Read {
  step?: { name: string; params: Record<string, unknown>; branches: Omit<Branch, "steps">[] };
  parts?: Record<string, unknown>;
  html?: string;
}

export class Editor {
  /** Settles when what was opened last stands there. */
  ready: Promise<void> = Promise.resolve();
  private shown: string | undefined;
  private timer = 0;
  private loads = 0;
  private sending: Promise<void> = Promise.resolve();
  private values: { revision: number; step: string; asked: Promise<Values> } | undefined;
  /** Steps nobody has worked on yet: an empty field of theirs is no mistake so far. */
  private readonly fresh = new Set<string>();
  private readonly body = h("div", { class: "sv-editor-body" });

  constructor(
    private readonly root: HTMLElement,
    private readonly model: Model,
    private readonly close: () => void,
  ) {
    root.replaceChildren(this.body);
    this.body.addEventListener("input", (event) => this.later(event, TYPING_MS));
    this.body.addEventListener("change", (event) => this.later(event, 0));
    this.body.addEventListener("svod:edited", (event) => this.later(event, 0));
    this.body.addEventListener("click", (event) => this.onWay(event));
    this.body.addEventListener("submit", (event) => event.preventDefault());
    new MutationObserver(() => this.equip()).observe(this.body, { childList: true, subtree: true });
  }

  /** Show the chosen step, "parts" for what belongs to no step, nothing for null. */
  open(what: string | null): Promise<void> {
    if (this.shown !== undefined) void this.flush();
    if (this.shown && this.shown !== what) this.fresh.delete(this.shown);
    if (what !== null && what === this.shown) return this.ready;
    this.shown = what ?? undefined;
    this.root.classList.toggle("is-open", what !== null);
    this.ready = what === null ? this.clear() : this.load();
    return this.ready;
  }

  isFresh(id: string): void {
    this.fresh.add(id);
  }

  /** From now on whatever is not filled in is a mistake: somebody asked about it. */
  allAsked(): void {
    this.fresh.clear();
    this.mark();
  }

  get isOpen(): boolean {
    return this.shown !== undefined;
  }

  /** The draft was changed elsewhere (undone, for one): show it as it is now. */
  reload(): void {
    const isThere = this.shown === "parts" || find(this.model.tree, this.shown ?? null);
    if (isThere) this.ready = this.load();
  }

  /** Send what was typed; settles when the model has it. */
  async flush(): Promise<void> {
    if (this.timer) this.send(false);
    await this.sending;
  }

  focus(param = ""): void {
    const place = param ? this.placeOf(param) : this.body.querySelector("[data-form]");
    const target = place?.querySelector<HTMLElement>(":is(input:not([type=hidden]), select, textarea, [contenteditable], button):not([hidden])");
    target?.focus();
    target?.scrollIntoView({ block: "center" });
  }

  /** The place of a parameter, or of a row of what belongs to no step ("triggers.2"). */
  private placeOf(param: string): Element | null {
    const [name = "", row] = param.split(".");
    const place = this.body.querySelector(`[data-param="p-${CSS.escape(name)}"], [data-param="${CSS.escape(name)}"]`);
    place?.closest("details")?.setAttribute("open", "");
    return row === undefined ? place : (place?.querySelectorAll("svod-rows > [data-rows] > [data-row]")[Number(row)] ?? place);
  }

  // --- drawing -------------------------------------------------------------------------------

  private async clear(): Promise<void> {
    this.body.replaceChildren();
  }

  private async load(): Promise<void> {
    this.loads += 1;
    const mine = this.loads;
    const answer = await this.post({});
    const html = await answer?.text();
    // A later wish has gone out meanwhile: its answer counts.
    if (html === undefined || mine !== this.loads || !this.shown) return;
    this.body.replaceChildren(this.head(), h("div", { "data-form": "" }));
    this.draw(html);
  }

  private draw(html: string): void {
    const place = this.body.querySelector<HTMLElement>("[data-form]");
    if (!place) return;
    const kept = focused(this.body);
    place.innerHTML = html;
    htmx.process(place);
    this.equip();
    this.mark();
    if (kept) restore(this.body, kept);
  }

  private head(): HTMLElement {
    const { step } = this.model;
    const { texts } = this.model.data;
    const isParts = this.shown === "parts";
    const title = isParts ? (texts.parts ?? "") : step ? this.model.name(step) : "";
    const action = step && !isParts ? this.model.action(step) : undefined;
    const kind = action && step?.name ? [h("span", { class: "sv-editor-kind" }, action.label)] : [];
    const words = h("div", { class: "sv-editor-title" }, h("h2", {}, title), ...kind);
    const sign = isParts ? icon("adjustments") : stepPicture(action?.icon ?? "help-circle");
    return h("div", { class: "sv-editor-head" }, sign, words, iconButton(icon("x"), text("close"), () => this.close()));
  }

  private equip(): void {
    const { texts } = this.model.data;
    equip(this.body, texts, () => this.ask());
  }

  /** What is wrong, at its controls. */
  mark(): void {
    const id = this.shown;
    const problems = id && !this.fresh.has(id) ? this.model.problemsOf(id === "parts" ? "" : id) : [];
    for (const place of this.body.querySelectorAll<HTMLElement>("[data-problem]")) place.hidden = true;
    for (const { param, text: said } of problems) {
      const place = this.body.querySelector(`[data-param="p-${CSS.escape(param)}"]`)?.querySelector<HTMLElement>("[data-problem]");
      if (!place) continue;
      place.textContent = said;
      place.hidden = false;
    }
    this.body.querySelector(".sv-editor-problem")?.remove();
    const whole = problems.filter((one) => !one.param || !this.body.querySelector(`[data-param="p-${CSS.escape(one.param)}"]`));
    if (!whole.length) return;
    const list = whole.map((one) => h("div", {}, one.text));
    this.body.querySelector(".sv-editor-head")?.after(h("div", { class: "sv-editor-problem sv-error", role: "alert" }, ...list));
  }

  private ask(): Promise<Values> {
    const step = this.shown ?? "";
    const { revision } = this.model;
    if (this.values?.revision !== revision || this.values.step !== step) {
      const asked = this.fetchValues(step);
      this.values = { revision, step, asked };
    }
    return this.values.asked;
  }

  private async fetchValues(step: string): Promise<Values> {
    const body = new FormData();
    body.set("tree", JSON.stringify(this.model.tree));
    body.set("step", step);
    const answer = await request(this.model.data.urls.placeholders ?? "", body);
    return answer ? ((await answer.json()) as Values) : { groups: [], captions: {} };
  }

  // --- reading -------------------------------------------------------------------------------

  private later(event: Event, wait: number): void {
    const target = event.target as HTMLElement;
    if (!target.closest("form")) return;
    if (event.type === "input" && target.matches("select, [type=checkbox], [type=radio]")) return;
    clearTimeout(this.timer);
    const asks = (event as CustomEvent<{ redraw?: boolean } | null>).detail?.redraw === true;
    const redraw = asks || (event.type === "change" && this.redraws(target));
    this.timer = window.setTimeout(() => this.send(redraw), wait);
  }

  private redraws(target: HTMLElement): boolean {
    // A row without a code gets one from its caption as soon as that is typed.
    const row = target.closest("[data-row]");
    const code = row?.querySelector<HTMLInputElement>("[data-code]");
    const lacks = code !== undefined && code !== null && code.value === "";
    return target.closest("[data-redraw]") !== null || lacks;
  }

  private send(redraw: boolean): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const what = this.shown;
    const form = this.body.querySelector("form");
    if (!what || !form) return;
    const given = new FormData(form);
    this.sending = this.sending.then(() => this.exchange(what, given, redraw));
  }

  private async exchange(what: string, given: FormData, redraw: boolean): Promise<void> {
    const answer = await this.post({ read: "1", ...(redraw && { redraw: "1" }) }, given, what);
    if (!answer) return;
    const read = (await answer.json()) as Read;
    this.fresh.delete(what);
    if (read.step) this.take(what, read.step);
    if (read.parts) this.takeParts(read.parts);
    if (read.html && this.shown === what && !this.timer) this.draw(read.html);
    const { step } = this.model;
    const title = this.body.querySelector(".sv-editor-title h2");
    if (title && step && this.shown === step.id) title.textContent = this.model.name(step);
  }

  private take(id: string, read: NonNullable<Read["step"]>): void {
    this.model.edit(
      id,
      (step: Step) => {
        if (read.name || step.name) step.name = read.name;
        if (step.params || Object.keys(read.params).length) step.params = read.params;
        for (const [number, way] of read.branches.entries()) Object.assign(step.branches?.[number] ?? {}, way);
      },
      id,
    );
  }

  private takeParts(parts: Record<string, unknown>): void {
    this.model.change((tree: Tree) => void Object.assign(tree, parts), { merge: "parts", source: "editor" });
  }

  private async post(more: Record<string, string>, given = new FormData(), what = this.shown ?? ""): Promise<Response | undefined> {
    const { urls } = this.model.data;
    given.set("tree", JSON.stringify(this.model.tree));
    given.set("step", what);
    for (const [name, value] of Object.entries(more)) given.set(name, value);
    return request((what === "parts" ? urls.parts : urls.step) ?? "", given);
  }

  // --- branches ------------------------------------------------------------------------------

  private onWay(event: MouseEvent): void {
    const target = event.target as Element;
    const number = Number(target.closest<HTMLElement>("[data-way]")?.dataset.way ?? -1);
    if (target.closest("[data-way-add]")) void this.ways((list) => list.push({ name: "", steps: [] }));
    else if (target.closest("[data-way-drop]")) void this.ways((list) => list.splice(number, 1));
    else if (target.closest("[data-way-up]") && number > 0) {
      void this.ways((list) => list.splice(number - 1, 0, ...list.splice(number, 1)));
    }
  }

  private async ways(work: (list: Branch[]) => void): Promise<void> {
    await this.flush();
    const id = this.shown;
    if (id) this.model.edit(id, (step) => work((step.branches ??= [])));
    await this.load();
    this.focus();
  }
}

async function request(url: string, body: FormData): Promise<Response | undefined> {
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
    if (answer.ok && !answer.redirected) return answer;
    if (answer.status !== 404) toast(text(failureName(answer.redirected ? 401 : answer.status)), "error");
  } catch {
    toast(text("error_network"), "error");
  }
  return undefined;
}

interface Kept {
  name: string;
  from: number | null;
  to: number | null;
}

function focused(root: HTMLElement): Kept | undefined {
  const control = document.activeElement;
  if (!(control instanceof HTMLElement) || !root.contains(control)) return undefined;
  const { name = "" } = control as HTMLInputElement;
  const caret = control instanceof HTMLInputElement && control.type === "text";
  return { name: name || control.id, from: caret ? control.selectionStart : null, to: caret ? control.selectionEnd : null };
}

function restore(root: HTMLElement, kept: Kept): void {
  if (!kept.name) return;
  const safe = CSS.escape(kept.name);
  const control = root.querySelector<HTMLElement>(`[name="${safe}"]:not([type=hidden]), #${safe}`);
  control?.focus();
  if (kept.from !== null && control instanceof HTMLInputElement) control.setSelectionRange(kept.from, kept.to);
}
