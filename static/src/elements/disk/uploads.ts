// Uploads to the Disk: a row for each file with its progress; two go at once, the others wait.
// A row stays until its file is there, was cancelled or taken off: nothing is lost in silence.
import { csrfToken, failureName, h, icon, iconButton } from "../../lib/dom";
import { sizeText } from "../../lib/size";
import { text } from "../../lib/texts";
import { toast } from "../../lib/toast";

type Clash = "version" | "both" | "";

/** Where a file goes: an address, and for new files the folder's id. */
export interface Target {
  url: string;
  folder?: string;
}

interface Upload {
  file: File;
  target: Target;
  clash: Clash;
  row: HTMLElement;
  request?: XMLHttpRequest;
}

const AT_ONCE = 2;

export class Uploads {
  private readonly waiting: Upload[] = [];
  private readonly going = new Set<Upload>();
  private done = 0;

  /** `words` gives the element's own texts; `renew` loads what the page shows anew. */
  constructor(
    private readonly list: HTMLElement,
    private readonly words: (name: string) => string,
    private readonly renew: () => void,
  ) {}

  get busy(): boolean {
    return this.going.size + this.waiting.length > 0;
  }

  add(file: File, target: Target): void {
    const row = h("li", { class: "sv-file" });
    this.list.append(row);
    this.queue({ file, target, clash: "", row });
  }

  private queue(upload: Upload): void {
    const stop = iconButton(icon("x"), `${text("cancel")}: ${upload.file.name}`, () => this.cancel(upload));
    upload.row.className = "sv-file sv-going";
    upload.row.replaceChildren(face(), main(upload.file, note(this.words("waiting"))), stop);
    this.waiting.push(upload);
    this.next();
  }

  private next(): void {
    while (this.going.size < AT_ONCE && this.waiting.length) this.send(this.waiting.shift()!);
    if (!this.busy) this.over();
  }

  private over(): void {
    if (!this.done) return;
    toast(this.words("allDone") ? this.words("allDone").replace("{count}", String(this.done)) : text("upload_done"), "success");
    this.done = 0;
    this.renew();
  }

  private cancel(upload: Upload): void {
    const place = this.waiting.indexOf(upload);
    if (place >= 0) this.waiting.splice(place, 1);
    upload.row.remove();
    upload.request?.abort();
    this.next();
  }

  private send(upload: Upload): void {
    const request = new XMLHttpRequest();
    upload.request = request;
    this.going.add(upload);
    this.progress(upload, request);
    request.addEventListener("load", () => this.answered(upload, request));
    request.addEventListener("error", () => this.failed(upload, text("error_network")));
    request.addEventListener("loadend", () => {
      this.going.delete(upload);
      this.next();
    });
    request.open("POST", upload.target.url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.send(body(upload));
  }

  private progress(upload: Upload, request: XMLHttpRequest): void {
    const { file, row } = upload;
    const bar = h("progress", { class: "sv-progress", max: "100", value: "0", "aria-label": `${text("upload_going")}: ${file.name}` });
    const told = note(sizeText(file.size));
    const stop = iconButton(icon("x"), `${text("cancel")}: ${file.name}`, () => this.cancel(upload));
    row.className = "sv-file sv-going";
    row.replaceChildren(face(), main(file, bar, told), stop);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (!total) return;
      bar.value = (100 * loaded) / total;
      told.textContent = `${Math.floor(bar.value)} % · ${sizeText(file.size)}`;
    });
  }

  private answered(upload: Upload, request: XMLHttpRequest): void {
    const answer = parse(request.responseText);
    if (request.status === 201) {
      upload.row.remove();
      this.done++;
    } else if (request.status === 409 && answer.clash) this.ask(upload, answer);
    else this.failed(upload, String(answer.error ?? text(request.status < 300 ? "upload_signed_out" : failureName(request.status))));
  }

  /** The folder has this name already: a new version, another name, or not at all. */
  private ask(upload: Upload, answer: Record<string, unknown>): void {
    const choice = (label: string, clash: Clash): HTMLElement =>
      h("button", { type: "button", class: "btn btn-sm", onclick: () => this.queue({ ...upload, clash }) }, label);
    const version = answer.version ? [choice(this.words("newVersion"), "version")] : [];
    const question = h("span", { class: "sv-file-size", role: "alert" }, String(answer.error));
    upload.row.className = "sv-file";
    upload.row.replaceChildren(face(), main(upload.file, question), ...version, choice(this.words("both"), "both"), this.removal(upload));
  }

  private failed(upload: Upload, reason: string): void {
    const again = iconButton(icon("refresh"), `${text("retry")}: ${upload.file.name}`, () => this.queue(upload));
    upload.row.className = "sv-file sv-failed";
    upload.row.replaceChildren(face(), main(upload.file, h("span", { class: "sv-error", role: "alert" }, reason)), again, this.removal(upload));
  }

  private removal({ row, file }: Upload): HTMLElement {
    return iconButton(icon("x"), `${text("close")}: ${file.name}`, () => row.remove());
  }
}

function body({ file, target, clash }: Upload): FormData {
  const data = new FormData();
  if (target.folder !== undefined) {
    data.append("folder", target.folder);
    data.append("clash", clash);
  }
  data.append("file", file);
  return data;
}

function main(file: File, ...below: HTMLElement[]): HTMLElement {
  return h("div", { class: "sv-file-main" }, h("span", { class: "sv-file-name" }, file.name), ...below);
}

function note(words: string): HTMLElement {
  return h("span", { class: "sv-file-size" }, words);
}

function face(): HTMLElement {
  return h("span", { class: "sv-file-face" }, icon("file"));
}

function parse(answer: string): Record<string, unknown> {
  try {
    return JSON.parse(answer) as Record<string, unknown>;
  } catch {
    return {};
  }
}
