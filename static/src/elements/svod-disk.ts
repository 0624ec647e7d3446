// The Disk: <svod-disk data-upload="/disk/upload/" data-folder="5"> with an <input type="file">
// and <ul data-going>. Files dropped on the element (or on a row with data-drop, a folder's id)
// are sent one by one; a taken name (409) asks in its row what to do (data-version, data-both).
// Rows with `draggable` and data-url (the address that moves them) are dropped on data-drop.
import { SvodElement, define } from "../lib/element";
import { csrfToken, failureName, h, icon, iconButton } from "../lib/dom";
import { text } from "../lib/texts";
import { toast } from "../lib/toast";

type Clash = "version" | "both" | "";

class Disk extends SvodElement {
  private dragged = "";
  private queue: Promise<void> = Promise.resolve();

  protected attach(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    if (input) {
      this.listen(input, "change", () => {
        this.take(input.files, this.dataset.folder ?? "");
        input.value = "";
      });
    }
    this.listen<DragEvent>(this, "dragstart", (event) => this.start(event));
    this.listen<DragEvent>(this, "dragend", () => this.mark(null));
    // Breadcrumbs stand outside of the element and take rows as well.
    const places = this.closest("main") ?? this;
    for (const type of ["dragenter", "dragover"]) this.listen<DragEvent>(places, type, (event) => this.over(event));
    this.listen<DragEvent>(places, "dragleave", (event) => !event.relatedTarget && this.mark(null));
    this.listen<DragEvent>(places, "drop", (event) => void this.drop(event));
  }

  private start(event: DragEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-url]");
    this.dragged = row?.dataset.url ?? "";
    event.dataTransfer?.setData("text/plain", row?.querySelector("a")?.textContent ?? "");
  }

  private place(event: DragEvent): HTMLElement | null {
    const place = (event.target as Element).closest<HTMLElement>("[data-drop]");
    return place?.dataset.url === this.dragged && this.dragged ? null : place;
  }

  private over(event: DragEvent): void {
    const files = event.dataTransfer?.types.includes("Files") ?? false;
    const place = this.place(event);
    if (!files && !(this.dragged && place)) return this.mark(null);
    if (files && !place && !this.contains(event.target as Node)) return this.mark(null);
    event.preventDefault();
    this.mark(place ?? this);
  }

  private mark(place: Element | null): void {
    for (const node of document.querySelectorAll(".sv-over")) node.classList.remove("sv-over");
    place?.classList.add("sv-over");
  }

  private async drop(event: DragEvent): Promise<void> {
    const place = this.place(event);
    const files = event.dataTransfer?.files;
    this.mark(null);
    if (files?.length && (place || this.contains(event.target as Node))) {
      event.preventDefault();
      this.take(files, place?.dataset.drop ?? this.dataset.folder ?? "");
    } else if (this.dragged && place) {
      event.preventDefault();
      await this.move(this.dragged, place.dataset.drop ?? "");
    }
    this.dragged = "";
  }

  private async move(url: string, folder: string): Promise<void> {
    try {
      const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true", "HX-Request-Type": "partial" };
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ folder }), headers });
      if (answer.status === 204) {
        toast(this.dataset.moved ?? "", "success");
        renew();
      } else toast((await refusal(answer)) || text(failureName(answer.status)), "error");
    } catch {
      toast(text("error_network"), "error");
    }
  }

  private take(files: FileList | null, folder: string): void {
    for (const file of files ?? []) {
      const row = h("li", { class: "sv-file" });
      this.querySelector("[data-going]")?.append(row);
      this.waiting(row, file);
      this.queue = this.queue.then(() => this.send(row, file, folder, ""));
    }
  }

  private waiting(row: HTMLElement, file: File): void {
    row.replaceChildren(face(), main(file, h("progress", { class: "sv-progress", max: "100", value: "0", "aria-label": `${text("upload_going")}: ${file.name}` })));
  }

  private send(row: HTMLElement, file: File, folder: string, clash: Clash): Promise<void> {
    const request = new XMLHttpRequest();
    const bar = row.querySelector("progress");
    row.append(iconButton(icon("x"), `${text("cancel")}: ${file.name}`, () => request.abort()));
    request.upload.addEventListener("progress", ({ loaded, total }) => bar && (bar.value = total ? (100 * loaded) / total : 0));
    const body = new FormData();
    body.append("folder", folder);
    body.append("clash", clash);
    body.append("file", file);
    return new Promise((done) => {
      request.addEventListener("load", () => this.answered(row, file, folder, request));
      request.addEventListener("error", () => this.told(row, file, text("error_network")));
      request.addEventListener("abort", () => row.remove());
      request.addEventListener("loadend", () => done());
      request.open("POST", this.dataset.upload ?? "");
      request.setRequestHeader("X-CSRFToken", csrfToken());
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    });
  }

  private answered(row: HTMLElement, file: File, folder: string, request: XMLHttpRequest): void {
    const answer = parse(request.responseText);
    if (request.status === 201) {
      row.remove();
      if (this.dataset.folder === undefined) toast(text("upload_done"), "success");
      renew();
    } else if (request.status === 409 && answer.clash) this.ask(row, file, folder, String(answer.error));
    else this.told(row, file, String(answer.error ?? text(request.status < 300 ? "upload_signed_out" : failureName(request.status))));
  }

  /** The folder has this name already: a new version, another name, or not at all. */
  private ask(row: HTMLElement, file: File, folder: string, question: string): void {
    const again = (clash: Clash): void => {
      this.waiting(row, file);
      void this.send(row, file, folder, clash);
    };
    const choice = (label: string, clash: Clash): HTMLElement => h("button", { type: "button", class: "btn btn-sm", onclick: () => again(clash) }, label);
    const { version = "", both = "" } = this.dataset;
    row.replaceChildren(face(), main(file, h("span", { class: "sv-file-size", role: "alert" }, question)), choice(version, "version"), choice(both, "both"), this.removal(row, file));
  }

  private told(row: HTMLElement, file: File, reason: string): void {
    row.className = "sv-file sv-failed";
    row.replaceChildren(face(), main(file, h("span", { class: "sv-error", role: "alert" }, reason)), this.removal(row, file));
  }

  private removal(row: HTMLElement, file: File): HTMLElement {
    return iconButton(icon("x"), `${text("close")}: ${file.name}`, () => row.remove());
  }
}

function main(file: File, below: HTMLElement): HTMLElement {
  return h("div", { class: "sv-file-main" }, h("span", { class: "sv-file-name" }, file.name), below);
}

function face(): HTMLElement {
  return h("span", { class: "sv-file-face" }, icon("file"));
}

/** The lists of the page load themselves anew, as after a form in a dialog. */
function renew(): void {
  document.body.dispatchEvent(new CustomEvent("svod:saved", { bubbles: true, detail: {} }));
}

async function refusal(answer: Response): Promise<string> {
  if (answer.status !== 422) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".sv-alert-error, .sv-error")?.textContent?.trim() ?? "";
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

define("svod-disk", Disk);
