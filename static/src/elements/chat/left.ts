// What was written into a conversation that takes nothing any more: it was closed, or is
// another's now. It is shown instead of the box, to be copied, until it is copied or thrown away.
import { toast } from "../../lib/toast";
import { type Draft, isEmpty, joined, keepDrafts, keptDrafts } from "./drafts";

/** `back` are answers that did not come through; they stand before what was typed after them. */
export function showLeft(block: HTMLElement | null, conversation: string, back: Draft[]): void {
  const drafts = [...back, ...keptDrafts("draft", conversation)];
  if (back.length) keepDrafts("draft", conversation, drafts);
  const { text, files } = joined(drafts);
  if (!block || isEmpty({ text, files, note: false })) return;
  const box = block.querySelector("textarea")!;
  box.value = [text, ...files.map((file) => file.name)].filter(Boolean).join("\n");
  block.hidden = false;
  block.querySelector<HTMLElement>("[data-left-copy]")!.onclick = () => void copy(box, block.dataset.copied ?? "");
  block.querySelector<HTMLElement>("[data-left-drop]")!.onclick = () => {
    keepDrafts("draft", conversation, []);
    block.hidden = true;
  };
}

/** Without a clipboard (a site of plain http, one not allowed) the old way; where that fails too it
 * stays selected. */
async function copy(box: HTMLTextAreaElement, told: string): Promise<void> {
  box.select();
  const done = await navigator.clipboard?.writeText(box.value).then(() => true, () => false);
  if (done || document.execCommand("copy")) toast(told);
}
