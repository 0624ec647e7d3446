// Files: <svod-upload data-url="/files/upload/" data-name="f12" data-max="20971520" multiple>
// with a bare <input type="file"> and a list <ul data-files> of <li data-id="7"
// data-name="act.pdf" data-size="1200" data-thumb="/…"> already there. Each file goes to
// data-url as `file`; the answer is {id, name, size, url?, thumb?}, an error {error} with a
// status of 400 and more. Hidden inputs named data-name carry the ids in the shown order.
import { SvodElement, define } from "../lib/element";
import { csrfToken, failureName, h, icon, iconButton } from "../lib/dom";
import { sizeText } from "../lib/size";
import { sortable } from "../lib/sortable";
import { text } from "../lib/texts";

interface Stored {
  id: string | number;
  name: string;
  size: number;
  url?: string;
  thumb?: string;
}

class Upload extends SvodElement {
  protected attach(): void {
    this.setAttribute("hx-morph-skip", "");
    for (const row of this.list.querySelectorAll<HTMLElement>("li[data-id]")) this.finish(row, stored(row));
    this.listen(this.input, "change", () => this.take(this.input.files));
    this.listenDrops();
    void sortable(this.list, { item: "li", done: () => this.changed() });
  }

  private get input(): HTMLInputElement {
    return this.querySelector<HTMLInputElement>("input[type=file]")!;
  }

  private get list(): HTMLElement {
    const found = this.querySelector<HTMLElement>("[data-files]");
    if (found) return found;
    const made = h("ul", { class: "sv-files", "data-files": true });
    this.append(made);
    return made;
  }

  private listenDrops(): void {
    for (const type of ["dragenter", "dragover"]) {
      this.listen<DragEvent>(this, type, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        this.classList.add("sv-over");
      });
    }
    this.listen<DragEvent>(this, "dragleave", (event) => {
      if (!this.contains(event.relatedTarget as Node)) this.classList.remove("sv-over");
    });
    this.listen<DragEvent>(this, "drop", (event) => this.drop(event));
  }

  private drop(event: DragEvent): void {
    this.classList.remove("sv-over");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    this.take(event.dataTransfer.files);
  }

  private take(files: FileList | null): void {
    const given = [...(files ?? [])];
    if (!this.hasAttribute("multiple") && given.length) this.list.replaceChildren();
    for (const file of this.hasAttribute("multiple") ? given : given.slice(0, 1)) this.add(file);
    this.input.value = "";
  }

  private add(file: File): void {
    const row = h("li", { class: "sv-file" });
    this.list.append(row);
    const limit = Number(this.dataset.max ?? 0);
    if (limit && file.size > limit) this.fail(row, file, text("upload_large", { limit: sizeText(limit) }), false);
    else this.send(row, file);
  }

  private send(row: HTMLElement, file: File): void {
    const bar = h("progress", { class: "sv-progress", max: "100", "aria-label": `${text("upload_going")}: ${file.name}` });
    const request = new XMLHttpRequest();
    const stop = iconButton(icon("x"), `${text("cancel")}: ${file.name}`, () => request.abort());
    row.classList.add("sv-going");
    row.replaceChildren(face(), h("div", { class: "sv-file-main" }, h("span", { class: "sv-file-name" }, file.name), bar), stop);
    request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = total ? (100 * loaded) / total : 0));
    request.addEventListener("load", () => this.answered(row, file, request));
    request.addEventListener("error", () => this.fail(row, file, text("error_network"), true));
    request.addEventListener("abort", () => row.remove());
    request.open("POST", this.dataset.url ?? "");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  }

  private answered(row: HTMLElement, file: File, request: XMLHttpRequest): void {
    const answer = parse(request.responseText);
    if (request.status < 300 && answer.id !== undefined) {
      this.finish(row, answer as unknown as Stored);
      this.changed();
      return;
    }
    const words = answer.error ?? (request.status < 300 ? text("upload_signed_out") : text(failureName(request.status)));
    this.fail(row, file, String(words), request.status >= 500);
  }

  private fail(row: HTMLElement, file: File, reason: string, again: boolean): void {
    row.className = "sv-file sv-failed";
    const main = h("div", { class: "sv-file-main" }, h("span", { class: "sv-file-name" }, file.name), h("span", { class: "sv-error", role: "alert" }, reason));
    const retry = again ? [iconButton(icon("refresh"), `${text("retry")}: ${file.name}`, () => this.send(row, file))] : [];
    row.replaceChildren(face(), main, ...retry, this.removal(row, file.name));
  }

  private finish(row: HTMLElement, file: Stored): void {
    row.className = "sv-file";
    row.dataset.id = String(file.id);
    const name = file.url
      ? h("a", { class: "sv-file-name", href: file.url, target: "_blank", rel: "noopener" }, file.name)
      : h("span", { class: "sv-file-name" }, file.name);
    const hidden = h("input", { type: "hidden", name: this.dataset.name ?? "file", value: String(file.id) });
    const main = h("div", { class: "sv-file-main" }, name, h("span", { class: "sv-file-size" }, sizeText(file.size)));
    row.replaceChildren(face(file.thumb), main, hidden, ...this.moves(row, file.name), this.removal(row, file.name));
  }

  private moves(row: HTMLElement, name: string): HTMLElement[] {
    if (!this.hasAttribute("multiple")) return [];
    const up = iconButton(icon("arrow-up"), `${text("move_up")}: ${name}`, () => this.shift(row, row.previousElementSibling, up));
    return [up];
  }

  private shift(row: HTMLElement, before: Element | null, button: HTMLElement): void {
    before?.before(row);
    button.focus();
    this.changed();
  }

  private removal(row: HTMLElement, name: string): HTMLElement {
    return iconButton(icon("trash"), `${text("remove")}: ${name}`, () => {
      row.remove();
      this.input.focus();
      this.changed();
    });
  }

  private changed(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function face(thumb?: string): HTMLElement {
  if (thumb) return h("img", { class: "sv-file-face", src: thumb, alt: "", loading: "lazy" });
  return h("span", { class: "sv-file-face" }, icon("file"));
}

function stored(row: HTMLElement): Stored {
  const { id = "", name = "", size = "0", url, thumb } = row.dataset;
  return { id, name, size: Number(size), ...(url && { url }), ...(thumb && { thumb }) };
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

define("svod-upload", Upload);
