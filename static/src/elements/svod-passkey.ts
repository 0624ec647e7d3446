// <svod-passkey data-url="…">: its button asks the browser for a passkey and posts the answer.
//
//   <svod-passkey data-url="/sign-in/passkey/" data-next="/" data-failed="…">
//     <button type="button">…</button> <p role="alert" hidden></p>
//   </svod-passkey>
//
// The options come from data-options (else data-url) by GET. With data-create a key is made; then
// the fields of the form around it are sent as well. The server answers {"next": address} or
// {"error": text}. `svod:confirmed` goes up first: who prevents it goes on by itself.
import { csrfToken, failureName } from "../lib/dom";
import { SvodElement, define } from "../lib/element";
import { confirmedFetch } from "../lib/reauth";
import { text } from "../lib/texts";

type Options = { publicKey: Record<string, unknown> };
type Sent = Record<string, unknown>;

class Passkey extends SvodElement {
  protected attach(): void {
    const button = this.querySelector<HTMLButtonElement>("button");
    if (!button) return;
    if (!("credentials" in navigator) || !window.PublicKeyCredential) return this.missing(button);
    const form = this.dataset.create === undefined ? null : this.closest("form");
    if (!form) this.listen(button, "click", () => void this.run(button));
    else this.listen(form, "submit", (event) => (event.preventDefault(), void this.run(button, form)));
  }

  /** No passkeys here: on the way in other ways are left, on their own page it is said. */
  private missing(button: HTMLButtonElement): void {
    if (this.dataset.create === undefined) this.hidden = true;
    else this.say(this.dataset.missing ?? "");
    button.disabled = true;
  }

  private async run(button: HTMLButtonElement, form?: HTMLFormElement): Promise<void> {
    button.disabled = true;
    this.say("");
    try {
      await this.exchange(form);
    } catch (error) {
      // The person closed the browser's question, or the key is none of theirs.
      this.say(error instanceof DOMException ? (this.dataset.failed ?? "") : String((error as Error).message));
    }
    button.disabled = false;
  }

  private async exchange(form?: HTMLFormElement): Promise<void> {
    const { url = "", options = url, next = "" } = this.dataset;
    const asked = (await json(await confirmedFetch(options, { headers: { Accept: "application/json" } }))) as Options;
    const credential = await (form ? create(asked) : get(asked));
    const body = new FormData(form);
    body.set("credential", JSON.stringify(credential));
    if (next) body.set("next", next);
    const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    const done = await json(await confirmedFetch(url, { method: "POST", body, headers }));
    const event = new CustomEvent("svod:confirmed", { bubbles: true, cancelable: true });
    if (this.dispatchEvent(event)) location.assign(String(done.next));
  }

  private say(words: string): void {
    const place = this.querySelector<HTMLElement>("[role=alert]");
    if (!place) return;
    place.textContent = words;
    place.hidden = !words;
  }
}

async function json(answer: Response): Promise<Sent> {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.includes("json")) throw new Error(text(failureName(answer.ok ? 401 : answer.status)));
  const data = (await answer.json()) as Sent;
  if (!answer.ok) throw new Error(String(data.error));
  return data;
}

async function get({ publicKey }: Options): Promise<Sent> {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: keys(publicKey.allowCredentials) };
  const key = await navigator.credentials.get({ publicKey: options as unknown as PublicKeyCredentialRequestOptions });
  const { id, type, rawId, response } = key as PublicKeyCredential & { response: AuthenticatorAssertionResponse };
  return {
    id, type, rawId: words(rawId), clientExtensionResults: (key as PublicKeyCredential).getClientExtensionResults(),
    response: {
      clientDataJSON: words(response.clientDataJSON), authenticatorData: words(response.authenticatorData),
      signature: words(response.signature), userHandle: response.userHandle ? words(response.userHandle) : null,
    },
  };
}

async function create({ publicKey }: Options): Promise<Sent> {
  const user = publicKey.user as { id: string };
  const options = {
    ...publicKey, challenge: bytes(publicKey.challenge), user: { ...user, id: bytes(user.id) },
    excludeCredentials: keys(publicKey.excludeCredentials),
  };
  const key = (await navigator.credentials.create({ publicKey: options as unknown as PublicKeyCredentialCreationOptions })) as PublicKeyCredential;
  const response = key.response as AuthenticatorAttestationResponse;
  return {
    id: key.id, type: key.type, rawId: words(key.rawId), clientExtensionResults: key.getClientExtensionResults(),
    response: { clientDataJSON: words(response.clientDataJSON), attestationObject: words(response.attestationObject) },
  };
}

function keys(listed: unknown): unknown[] {
  return ((listed ?? []) as { id: string }[]).map((key) => ({ ...key, id: bytes(key.id) }));
}

/** base64url → bytes and back, as WebAuthn's JSON has them. */
function bytes(encoded: unknown): Uint8Array {
  const plain = atob(String(encoded).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function words(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

define("svod-passkey", Passkey);
