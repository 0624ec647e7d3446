// "Is it you?": asked when the server wants a fresh proof of who sits here (staff/reauth.py).
// It answers 401 with the question's address; the action is repeated once the person confirmed.
import { csrfToken, failureName, h, icon, iconButton, uniqueId } from "./dom";
import { text } from "./texts";

const HEADER = "Svod-Reauthenticate";
const HEADERS = { "HX-Request": "true", "HX-Request-Type": "partial" };

/** Ask in a dialog; true when the person confirmed, false when they closed it. */
export function reauthenticate(url: string): Promise<boolean> {
  const body = h("div", { class: "sv-panel" });
  const shut = iconButton(icon("x"), text("close"), () => dialog.close(), "btn btn-ghost sv-icon-btn sv-panel-close");
  const dialog = h("dialog", { class: "sv-dialog sv-reauth" }, shut, body);
  body.addEventListener("submit", (event) => void send(event, url, dialog, body));
  // A passkey is asked for by an element inside, which tells when the server took it.
  body.addEventListener("svod:confirmed", (event) => (event.preventDefault(), dialog.close("yes")));
  document.body.append(dialog);
  dialog.showModal();
  void fetch(url, { headers: HEADERS }).then((answer) => show(answer, dialog, body), () => complain(body, "error_network"));
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** `fetch`, which asks the person when the server wants it and then sends the same again. */
export async function confirmedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, init);
  const url = answer.status === 401 ? answer.headers.get(HEADER) : null;
  if (!url || !(await reauthenticate(url))) return answer;
  // The time that the first try was given has run while the person typed.
  return fetch(input, { ...init, signal: null });
}

async function send(event: Event, url: string, dialog: HTMLDialogElement, body: HTMLElement): Promise<void> {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const headers = { ...HEADERS, "X-CSRFToken": csrfToken() };
  const answer = await fetch(url, { method: "POST", body: form, headers }).catch(() => null);
  if (!answer) complain(body, "error_network");
  else if (answer.status === 204 && !answer.headers.has("HX-Redirect")) dialog.close("yes");
  else await show(answer, dialog, body);
}

/** The form as the server sent it, with its errors when there are any. */
async function show(answer: Response, dialog: HTMLDialogElement, body: HTMLElement): Promise<void> {
  const signIn = answer.headers.get("HX-Redirect");
  if (signIn) return location.assign(signIn);
  if (!answer.ok && ![422, 429].includes(answer.status)) return complain(body, failureName(answer.status));
  body.innerHTML = await answer.text();
  const heading = body.querySelector("h1");
  if (heading) dialog.setAttribute("aria-labelledby", (heading.id ||= uniqueId("reauth")));
  body.querySelector<HTMLElement>("[autofocus]")?.focus();
}

function complain(body: HTMLElement, name: string): void {
  body.querySelector(".alert")?.remove();
  body.prepend(h("div", { class: "alert sv-alert-error", role: "alert" }, icon("alert-circle"), text(name)));
}
