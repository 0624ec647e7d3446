// What is typed into a conversation and not sent yet stays with it while others are looked at:
// in this tab of the browser, until it is closed. So does what is on its way.

export interface Stored { id: number; name: string }
/** `key` is that under which it was tried before. */
export interface Draft { text: string; note: boolean; reply?: string; key?: string; files: Stored[] }
type Shelf = "draft" | "outbox";

export function isEmpty(draft: Draft): boolean {
  return !draft.text.trim() && !draft.files.length;
}

export function isSame(one: Draft, other: Draft): boolean {
  return content(one) === content(other);
}

function content({ text, note, files }: Draft): string {
  return JSON.stringify([text, note, files.map((file) => file.id)]);
}

/** Several as one; a single one keeps its key. A note among them makes a note of them all, for
 * customers must not read it. */
export function joined(drafts: Draft[]): Draft {
  const full = drafts.filter((one) => !isEmpty(one));
  if (full.length === 1) return full[0]!;
  const replies = full.flatMap((one) => one.reply?.split(",") ?? []);
  const files = new Map(full.flatMap((one) => one.files).map((file) => [file.id, file]));
  return {
    text: full.map((one) => one.text).filter(Boolean).join("\n"),
    note: full.some((one) => one.note),
    reply: [...new Set(replies)].join(","),
    files: [...files.values()],
  };
}

export function keepDrafts(shelf: Shelf, conversation: string, drafts: Draft[]): void {
  const place = `svod-chat-${shelf}-${conversation}`;
  try {
    if (drafts.length) sessionStorage.setItem(place, JSON.stringify(drafts));
    else sessionStorage.removeItem(place);
  } catch {
    // A browser that keeps nothing, or a full one: the draft lives as long as the page.
  }
}

export function keptDrafts(shelf: Shelf, conversation: string): Draft[] {
  try {
    return [JSON.parse(sessionStorage.getItem(`svod-chat-${shelf}-${conversation}`) ?? "[]") as Draft | Draft[]].flat();
  } catch {
    return [];
  }
}
