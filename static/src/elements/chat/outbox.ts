// Answers on their way: each after the one before it, so that they come in the order in which
// they were said, and to the end, though the page draws the conversation anew meanwhile. What a
// page that was left did not get an answer for returns into the box.
import { post } from "./calls";
import { type Draft, keepDrafts, keptDrafts } from "./drafts";

/** The body hears "chat:said" with it: of each that came through, and of the first that did not. */
export interface Outcome { conversation: string; error?: Error }

const boxes = new Map<string, Draft[]>();
const busy = new Set<string>();

/** After what is on its way already; not tried when that fails. */
export function send(conversation: string, url: string, draft: Draft): void {
  put(conversation, [...(boxes.get(conversation) ?? []), draft]);
  if (!busy.has(conversation)) void work(conversation, url);
}

/** What did not come through, to be put into the box again; empty while it is still tried. */
export function takeBack(conversation: string): Draft[] {
  if (busy.has(conversation)) return [];
  const back = boxes.get(conversation) ?? keptDrafts("outbox", conversation);
  put(conversation, []);
  return back;
}

function put(conversation: string, drafts: Draft[]): void {
  boxes.set(conversation, drafts);
  keepDrafts("outbox", conversation, drafts);
}

async function work(conversation: string, url: string): Promise<void> {
  busy.add(conversation);
  while (busy.has(conversation)) {
    const [first] = boxes.get(conversation)!;
    const error = await post(url, bodyOf(first!)).then(() => undefined, (failure: Error) => failure);
    // More may have been said meanwhile.
    if (!error) put(conversation, boxes.get(conversation)!.slice(1));
    if (error || !boxes.get(conversation)!.length) busy.delete(conversation);
    document.body.dispatchEvent(new CustomEvent<Outcome>("chat:said", { detail: { conversation, error } }));
  }
}

function bodyOf({ text, key, note, reply, files }: Draft): FormData {
  const body = new FormData();
  body.set("text", text);
  body.set("key", key ?? "");
  if (note) body.set("note", "1");
  if (reply) body.set("reply", reply);
  for (const file of files) body.append("file", String(file.id));
  return body;
}
