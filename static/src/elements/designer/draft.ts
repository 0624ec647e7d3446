// How controls inside the designer's forms find the draft that they belong to.
import type { Tree } from "./types";

const drafts = new WeakMap<Element, () => Tree>();

export function offerDraft(designer: Element, give: () => Tree): void {
  drafts.set(designer, give);
}

/** The draft of the designer around this element. */
export function draftOf(element: Element): Tree | undefined {
  const designer = element.closest("svod-process");
  return designer ? drafts.get(designer)?.() : undefined;
}
