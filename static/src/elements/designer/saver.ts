// The draft saves itself a moment after each change; a draft that somebody else saved
// meanwhile is not overwritten: the person is told who and chooses.
import { ask } from "../../lib/ask";
import { csrfToken, failureName } from "../../lib/dom";
import { text } from "../../lib/texts";
import type { Model } from "./model";
import type { Said } from "./types";

const PAUSE_MS = 700;
const CONFLICT = 409;

export class Saver {
  private timer = 0;
  private saving: Promise<void> = Promise.resolve();
  private saved: number;
  private version: number;
  private stopped = false;

  constructor(
    private readonly model: Model,
    private readonly show: (words: string, isBad?: boolean) => void,
  ) {
    this.version = model.data.draft_version;
    this.saved = model.revision;
    addEventListener("beforeunload", (event) => this.isSaved || event.preventDefault());
  }

  get isSaved(): boolean {
    return this.saved === this.model.revision;
  }

  later(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.show(this.model.data.texts.saving ?? "");
    this.timer = window.setTimeout(() => void this.now(), PAUSE_MS);
  }

  /** Save what is not saved; true when the server has everything. */
  async now(): Promise<boolean> {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => (this.isSaved || this.stopped ? undefined : this.send()));
    await this.saving;
    return this.isSaved;
  }

  private async send(): Promise<void> {
    const { revision, tree, data } = this.model;
    const body = JSON.stringify({ tree, draft_version: this.version });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    let answer: Response;
    try {
      answer = await fetch(data.urls.draft ?? "", { method: "POST", body, headers });
    } catch {
      return this.failed(text("error_network"));
    }
    if (answer.status === CONFLICT) return this.conflict(answer);
    if (!answer.ok || answer.redirected) return this.failed(text(failureName(answer.redirected ? 401 : answer.status)));
    const said = (await answer.json()) as Said & { draft_version: number };
    this.version = said.draft_version;
    this.saved = revision;
    if (revision === this.model.revision) this.show(data.texts.saved ?? "");
    this.model.hear(said);
  }

  private failed(reason: string): void {
    this.show((this.model.data.texts.not_saved ?? "").replace("%(reason)s", reason), true);
    this.timer = window.setTimeout(() => void this.now(), PAUSE_MS * 10);
  }

  private async conflict(answer: Response): Promise<void> {
    const { text: reason } = (await answer.json()) as { text: string };
    const { texts } = this.model.data;
    this.stopped = true;
    this.show(texts.unsaved ?? "", true);
    const question = { title: texts.conflict, text: reason, action: texts.conflict_reload, cancel: texts.conflict_keep };
    if (!(await ask(question))) return;
    this.saved = this.model.revision;
    location.reload();
  }
}
