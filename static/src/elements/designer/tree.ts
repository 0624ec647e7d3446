// Work on a draft's tree, without a page: finding, putting in, moving, copying, taking out.
import type { Action, Branch, Step, Tree } from "./types";

/** A place for a step: a branch of a step (null: the process itself), and where in it. */
export interface Place {
  parent: string | null;
  branch: number;
  index: number;
}

export interface Found extends Place {
  step: Step;
  list: Step[];
}

const ID_LENGTH = 7;

export function newId(): string {
  const letters = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return `s${[...letters].map((one) => (one % 36).toString(36)).join("")}`;
}

/** Every step in reading order, with its place and how deep it stands. */
export function* walk(
  list: Step[],
  parent: string | null = null,
  branch = 0,
  depth = 0,
): Generator<Found & { depth: number }> {
  for (const [index, step] of list.entries()) {
    yield { step, list, parent, branch, index, depth };
    for (const [number, way] of (step.branches ?? []).entries()) yield* walk(way.steps, step.id, number, depth + 1);
  }
}

export function find(tree: Tree, id: string | null): Found | undefined {
  if (id === null) return undefined;
  for (const found of walk(tree.steps)) if (found.step.id === id) return found;
  return undefined;
}

export function listAt(tree: Tree, parent: string | null, branch: number): Step[] | undefined {
  if (parent === null) return tree.steps;
  return find(tree, parent)?.step.branches?.[branch]?.steps;
}

export function insert(tree: Tree, step: Step, place: Place): void {
  const list = listAt(tree, place.parent, place.branch);
  list?.splice(Math.min(place.index, list.length), 0, step);
}

export function remove(tree: Tree, id: string): Step | undefined {
  const found = find(tree, id);
  return found?.list.splice(found.index, 1)[0];
}

/** Is the step `inner` the step `outer` or somewhere inside of it? */
export function holds(tree: Tree, outer: string, inner: string | null): boolean {
  const step = find(tree, outer)?.step;
  if (!step || inner === null) return false;
  return step.id === inner || [...walk((step.branches ?? []).flatMap((way) => way.steps))].some((one) => one.step.id === inner);
}

export function move(tree: Tree, id: string, place: Place): boolean {
  const found = find(tree, id);
  if (!found || holds(tree, id, place.parent) || !listAt(tree, place.parent, place.branch)) return false;
  const same = found.parent === place.parent && found.branch === place.branch;
  const index = same && place.index > found.index ? place.index - 1 : place.index;
  if (same && index === found.index) return false;
  const step = remove(tree, id);
  if (step) insert(tree, step, { ...place, index });
  return true;
}

/** Where a step goes by one press: before or after its neighbour, into it, out of its step. */
export function neighbour(tree: Tree, id: string, way: "up" | "down" | "in" | "out"): Place | undefined {
  const found = find(tree, id);
  if (!found) return undefined;
  const { parent, branch, index, list } = found;
  if (way === "up") return index > 0 ? { parent, branch, index: index - 1 } : before(tree, found);
  if (way === "down") return index + 1 < list.length ? { parent, branch, index: index + 2 } : after(tree, found);
  if (way === "out") return out(tree, parent);
  const above = list[index - 1];
  const inner = above?.branches?.length ? above.branches.length - 1 : -1;
  if (!above || inner < 0) return undefined;
  return { parent: above.id, branch: inner, index: above.branches?.[inner]?.steps.length ?? 0 };
}

/** The end of the branch before this one: the way up out of a branch's beginning. */
function before(tree: Tree, found: Found): Place | undefined {
  if (found.parent === null || found.branch === 0) return undefined;
  const index = listAt(tree, found.parent, found.branch - 1)?.length ?? 0;
  return { parent: found.parent, branch: found.branch - 1, index };
}

function after(tree: Tree, found: Found): Place | undefined {
  const around = find(tree, found.parent)?.step;
  if (!around?.branches?.[found.branch + 1]) return undefined;
  return { parent: around.id, branch: found.branch + 1, index: 0 };
}

function out(tree: Tree, parent: string | null): Place | undefined {
  const around = find(tree, parent);
  return around && { parent: around.parent, branch: around.branch, index: around.index + 1 };
}

/** The step and everything in it under new ids; what it says of its own steps goes along. */
export function copyOf(step: Step): Step {
  const ids = new Map([...walk([step])].map(({ step: one }) => [one.id, newId()]));
  let text = JSON.stringify(step);
  for (const [old, made] of ids) {
    text = text.replaceAll(`"id":"${old}"`, `"id":"${made}"`).replaceAll(`{{Step.${old}.`, `{{Step.${made}.`);
  }
  return JSON.parse(text) as Step;
}

/** A new step; one that holds steps of some kind begins with one of them. */
export function freshStep(action: Action, known: Action[]): Step {
  const ways = { none: 0, one: 1, many: 2, fixed: 0 }[action.branches];
  const branches: Branch[] = Array.from({ length: ways }, () => ({ name: "", steps: [] }));
  const first = known.find((one) => one.slug === action.holds[0]);
  if (first && branches[0]) branches[0].steps.push(freshStep(first, known));
  branches.push(...action.codes.map(([code]) => ({ code, name: "", steps: [] })));
  return { id: newId(), type: action.slug, name: "", params: {}, ...(branches.length && { branches }) };
}
