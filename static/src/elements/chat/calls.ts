// What the desk asks of the server.
import { csrfToken } from "../../lib/dom";

/** POST; an Error carries the text that the server gave for people. */
export async function post(url: string, body: FormData): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
  const found = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (!answer.ok) throw new Error(String(found.error ?? answer.status));
  return found;
}
