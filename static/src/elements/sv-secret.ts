// <sv-secret data-url="/lists/1/elements/0/secrets/7/reveal/"><span class="sv-secret-text">••••</span></sv-secret>
// A secret: shown for half a minute, or copied without being shown. The element is the one whose
// page, form or row it stands in; where it stands in none (a preview), there is nothing to ask for.
import { csrfToken, failureName, icon, iconButton } from "../lib/dom";
import { SvodElement, define } from "../lib/element";
import { confirmedFetch } from "../lib/reauth";
import { text } from "../lib/texts";
import { toast } from "../lib/toast";

const SHOWN_MS = 30_000;

class Secret extends SvodElement {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private mask = "";
  private label = "";

  protected attach(): void {
    const place = this.place;
    if (!place || !this.url) return;
    this.setAttribute("hx-morph-skip", "");
    for (const button of this.buttons) button.remove();
    this.mask = place.textContent ?? "";
    this.label = place.getAttribute("aria-label") ?? "";
    this.append(
      iconButton(icon("eye"), text("secret_show"), () => void this.toggle(), "sv-secret-button"),
      iconButton(icon("copy"), text("secret_copy"), () => void this.copy(), "sv-secret-button"),
    );
    // In the grid the arrows move between cells; Tab does not stop at each of fifty buttons.
    if (this.closest("svod-grid")) for (const button of this.buttons) button.tabIndex = -1;
    this.listen(document, "visibilitychange", () => document.hidden && this.hide());
  }

  protected override detach(): void {
    this.hide();
  }

  private get place(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".sv-secret-text");
  }

  private get buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll("button")];
  }

  private get url(): string {
    const id = this.closest<HTMLElement>("tr[data-id], svod-element[data-id]")?.dataset.id;
    return id && this.dataset.url ? this.dataset.url.replace("/elements/0/", `/elements/${id}/`) : "";
  }

  private async toggle(): Promise<void> {
    if (this.timer !== undefined) return this.hide();
    const secret = await this.ask(new URLSearchParams());
    if (secret !== undefined && this.alive) this.show(secret);
  }

  private async copy(): Promise<void> {
    if (!navigator.clipboard) return toast(text("secret_no_clipboard"), "error");
    const secret = await this.ask(new URLSearchParams({ copy: "1" }));
    if (secret === undefined) return;
    await navigator.clipboard.writeText(secret).then(
      () => toast(text("secret_copied")),
      () => toast(text("secret_no_clipboard"), "error"),
    );
  }

  /** The secret's text, after "is it you?" when the server wants it; undefined when refused. */
  private async ask(body: URLSearchParams): Promise<string | undefined> {
    for (const button of this.buttons) button.disabled = true;
    try {
      const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
      const answer = await confirmedFetch(this.url, { method: "POST", body, headers, cache: "no-store" });
      if (answer.ok && !answer.redirected) return ((await answer.json()) as { secret: string }).secret;
      // 401: the person closed the question and knows that nothing was done.
      if (answer.status === 422) toast(await answer.text(), "error");
      else if (answer.status !== 401) toast(text(failureName(answer.redirected ? 401 : answer.status)), "error");
    } catch {
      toast(text("error_network"), "error");
    } finally {
      for (const button of this.buttons) button.disabled = false;
    }
    return undefined;
  }

  private show(secret: string): void {
    const { place } = this;
    if (!place) return;
    place.removeAttribute("role");
    place.removeAttribute("aria-label");
    place.textContent = secret;
    this.dataset.shown = "";
    this.name("eye-off", "secret_hide");
    this.timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  private hide(): void {
    clearTimeout(this.timer);
    const { place } = this;
    if (this.timer === undefined || !place) return;
    this.timer = undefined;
    place.textContent = this.mask;
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", this.label);
    delete this.dataset.shown;
    this.name("eye", "secret_show");
  }

  private name(sign: "eye" | "eye-off", label: string): void {
    const [button] = this.buttons;
    if (!button) return;
    button.replaceChildren(sign === "eye" ? icon("eye") : icon("eye-off"));
    button.title = text(label);
    button.setAttribute("aria-label", text(label));
  }
}

define("sv-secret", Secret);
