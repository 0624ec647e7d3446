// From the draft's steps to the canvas's and back, exactly: a step of the canvas carries the
// whole of ours but the steps inside, which the canvas arranges.
import type { Branch, Step } from "./types";

export interface CanvasStep {
  id: string;
  componentType: string;
  type: string;
  name: string;
  properties: { source: Record<string, unknown> };
  sequence?: CanvasStep[];
  branches?: Record<string, CanvasStep[]>;
}

export interface Drawn {
  name(step: Step): string;
  /** One body is drawn as a container, several ways as a switch. */
  isOne(step: Step): boolean;
  way(step: Step, number: number): string;
}

const MARK = "\u2063";

/** Branches of the canvas go by unique names: what is shown stands after the mark. */
export function shownName(key: string): string {
  return key.slice(key.indexOf(MARK) + 1);
}

export function toCanvas(steps: Step[], drawn: Drawn): CanvasStep[] {
  return steps.map((step) => stepToCanvas(step, drawn));
}

function stepToCanvas(step: Step, drawn: Drawn): CanvasStep {
  const ways = step.branches ?? [];
  const source: Record<string, unknown> = { ...step };
  if (step.branches) source.branches = ways.map(({ steps: _steps, ...rest }) => rest);
  const made = { id: step.id, type: step.type, name: drawn.name(step), properties: { source } };
  if (!ways.length) return { ...made, componentType: "task" };
  if (drawn.isOne(step) && ways.length === 1) {
    return { ...made, componentType: "container", sequence: toCanvas(ways[0]?.steps ?? [], drawn) };
  }
  const named = ways.map((way, number) => [`w${number}${MARK}${drawn.way(step, number)}`, toCanvas(way.steps, drawn)]);
  return { ...made, componentType: "switch", branches: Object.fromEntries(named) };
}

export function fromCanvas(steps: CanvasStep[]): Step[] {
  return steps.map(stepFromCanvas);
}

function stepFromCanvas(step: CanvasStep): Step {
  const source = step.properties.source as unknown as Step;
  const inner = step.sequence ? [step.sequence] : Object.values(step.branches ?? {});
  const made: Step = { ...source, id: step.id };
  if (source.branches) {
    made.branches = source.branches.map((way, number): Branch => ({ ...way, steps: fromCanvas(inner[number] ?? []) }));
  }
  return made;
}
