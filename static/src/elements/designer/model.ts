// The one truth of the designer's page: the draft, what is chosen, what can be undone.
import { type Place, copyOf, find, freshStep, insert, move, neighbour, remove } from "./tree";
import type { Action, PageData, Said, Step, Tree } from "./types";

const UNDO_DEPTH = 200;
const MERGE_MS = 2000;

interface Memory {
  tree: string;
  selected: string | null;
}

/** Fires "change" (the draft), "select" (what is chosen), "said" (what the server says of it). */
export class Model extends EventTarget {
  tree: Tree;
  said: Said;
  /** The chosen step; with `spot` a branch of it, for adding inside. */
  selected: string | null = null;
  spot: number | null = null;
  /** Counts the changes, so that late answers about an older draft are known. */
  revision = 0;
  private readonly actions: Map<string, Action>;
  /** Actions that stand only inside the step that holds them. */
  private readonly placed: Set<string>;
  private past: Memory[] = [];
  private future: Memory[] = [];
  private lastMerge = { key: "", at: 0 };

  constructor(readonly data: PageData) {
    super();
    this.tree = data.tree;
    this.said = { problems: data.problems, words: data.words, ways: data.ways };
    this.actions = new Map(data.actions.map((one) => [one.slug, one]));
    this.placed = new Set(data.actions.flatMap((one) => one.holds));
  }

  action(step: Step): Action | undefined {
    return this.actions.get(step.type);
  }

  name(step: Step): string {
    return step.name || this.action(step)?.label || step.type;
  }

  get step(): Step | undefined {
    return find(this.tree, this.selected)?.step;
  }

  /** Change the draft; changes under one `merge` key within a moment are undone together. */
  change(work: (tree: Tree) => void, { merge = "", source = "" } = {}): void {
    const before = JSON.stringify(this.tree);
    const next = JSON.parse(before) as Tree;
    work(next);
    if (JSON.stringify(next) === before) return;
    const now = Date.now();
    const joined = merge !== "" && merge === this.lastMerge.key && now - this.lastMerge.at < MERGE_MS;
    if (!joined) this.past = [...this.past, { tree: before, selected: this.selected }].slice(-UNDO_DEPTH);
    this.lastMerge = { key: merge, at: now };
    this.future = [];
    this.put(next, source);
  }

  undo(): void {
    this.travel(this.past, this.future);
  }

  redo(): void {
    this.travel(this.future, this.past);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  private travel(from: Memory[], to: Memory[]): void {
    const memory = from.pop();
    if (!memory) return;
    to.push({ tree: JSON.stringify(this.tree), selected: this.selected });
    this.lastMerge = { key: "", at: 0 };
    this.put(JSON.parse(memory.tree) as Tree, "travel");
    this.select(find(this.tree, memory.selected) ? memory.selected : null);
  }

  private put(tree: Tree, source: string): void {
    this.tree = tree;
    this.revision += 1;
    this.dispatchEvent(new CustomEvent("change", { detail: { source } }));
    if (this.selected !== null && !find(tree, this.selected)) this.select(null);
  }

  select(id: string | null, { spot = null as number | null, source = "" } = {}): void {
    if (this.selected === id && this.spot === spot) return;
    this.selected = id;
    this.spot = spot;
    this.dispatchEvent(new CustomEvent("select", { detail: { source } }));
  }

  hear(said: Said): void {
    this.said = said;
    this.dispatchEvent(new CustomEvent("said"));
  }

  problemsOf(id: string): Said["problems"] {
    return this.said.problems.filter((one) => one.step === id);
  }

  // --- what both views do --------------------------------------------------------------------

  /** Where a new step goes: into the chosen branch, after the chosen step, to the end. */
  get place(): Place {
    const found = find(this.tree, this.selected);
    if (!found) return { parent: null, branch: 0, index: this.tree.steps.length };
    if (this.spot === null) return { parent: found.parent, branch: found.branch, index: found.index + 1 };
    const length = found.step.branches?.[this.spot]?.steps.length ?? 0;
    return { parent: found.step.id, branch: this.spot, index: length };
  }

  /** May the action stand directly inside this step (null: the process itself)? */
  allows(slug: string, parent: string | null): boolean {
    const around = find(this.tree, parent)?.step;
    const holds = around ? (this.action(around)?.holds ?? []) : [];
    return holds.length ? holds.includes(slug) : !this.placed.has(slug);
  }

  /** The nearest place from here outwards where the action may stand. */
  fitting(action: Action, place: Place): Place | undefined {
    let here = place;
    while (!this.allows(action.slug, here.parent)) {
      const around = find(this.tree, here.parent);
      if (!around) return undefined;
      here = { parent: around.parent, branch: around.branch, index: around.index + 1 };
    }
    return here;
  }

  /** Nothing where the action may not stand. */
  add(action: Action, wanted = this.place): Step | undefined {
    const place = this.fitting(action, wanted);
    if (!place) return undefined;
    const step = freshStep(action, this.data.actions);
    this.change((tree) => insert(tree, step, place));
    this.select(step.id);
    return step;
  }

  move(id: string, way: "up" | "down" | "in" | "out"): boolean {
    const place = neighbour(this.tree, id, way);
    const slug = find(this.tree, id)?.step.type ?? "";
    if (!place || !this.allows(slug, place.parent)) return false;
    this.change((tree) => move(tree, id, place));
    return true;
  }

  copy(id: string): void {
    const found = find(this.tree, id);
    if (!found) return;
    const made = copyOf(found.step);
    this.change((tree) => insert(tree, made, { ...found, index: found.index + 1 }));
    this.select(made.id);
  }

  remove(id: string): void {
    const found = find(this.tree, id);
    if (!found) return;
    const next = found.list[found.index + 1] ?? found.list[found.index - 1];
    this.change((tree) => remove(tree, id));
    this.select(next?.id ?? found.parent);
  }

  /** Change one step; `merge` as in `change`. */
  edit(id: string, work: (step: Step) => void, merge = ""): void {
    const apply = (tree: Tree): void => {
      const step = find(tree, id)?.step;
      if (step) work(step);
    };
    this.change(apply, { merge, source: "editor" });
  }
}
