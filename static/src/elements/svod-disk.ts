// The Disk: <svod-disk data-upload="/disk/upload/" data-folder="5"> with an <input type="file">
// and <ul data-going>. Files may be dropped anywhere on the page: they go into the folder, into
// the one under the pointer (data-drop, its id) or become a new version of the file there
// (data-version, its address). With `data-single` it takes one file dropped on itself.
// Entries (data-entry) that have data-url, the address that moves them, are dropped on data-drop;
// the arrow keys go from one to another, other keys press what has the name in data-key.
import { SvodElement, define } from "../lib/element";
import { csrfToken, failureName, h } from "../lib/dom";
import { text } from "../lib/texts";
import { toast } from "../lib/toast";
import { Uploads } from "./disk/uploads";

class Disk extends SvodElement {
  private dragged = "";
  private uploads!: Uploads;

  protected attach(): void {
    this.uploads = new Uploads(this.querySelector("[data-going]")!, (name) => this.dataset[name] ?? "", renew);
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    if (input) {
      this.listen(input, "change", () => {
        this.take(input.files, null);
        input.value = "";
      });
    }
    this.listenDrags(this.single ? this : document);
    this.listen<KeyboardEvent>(this, "keydown", (event) => this.onKey(event));
    this.listen<BeforeUnloadEvent>(window, "beforeunload", (event) => this.uploads.busy && event.preventDefault());
  }

  private get single(): boolean {
    return this.dataset.single !== undefined;
  }

  private listenDrags(ground: EventTarget): void {
    this.listen<DragEvent>(this, "dragstart", (event) => this.start(event));
    this.listen<DragEvent>(this, "dragend", () => this.mark(null));
    for (const type of ["dragenter", "dragover"]) this.listen<DragEvent>(ground, type, (event) => this.over(event));
    this.listen<DragEvent>(ground, "dragleave", (event) => !event.relatedTarget && this.mark(null));
    this.listen<DragEvent>(ground, "drop", (event) => void this.drop(event));
  }

  // --- dragging -----------------------------------------------------------------------------

  private start(event: DragEvent): void {
    const entry = (event.target as Element).closest<HTMLElement>("[data-entry][data-url]");
    this.dragged = entry?.dataset.url ?? "";
    event.dataTransfer?.setData("text/plain", entry?.querySelector("a")?.textContent ?? "");
  }

  /** What is under the pointer: a place for files or for the dragged entry; null for the page. */
  private place(event: DragEvent): HTMLElement | null {
    const target = event.target as Element;
    const place = target.closest?.<HTMLElement>(this.dragged ? "[data-drop]" : "[data-drop], [data-version]") ?? null;
    return place?.dataset.url === this.dragged && this.dragged ? null : place;
  }

  private over(event: DragEvent): void {
    if (this.elsewhere(event)) return this.mark(null);
    const files = event.dataTransfer?.types.includes("Files") ?? false;
    const place = this.place(event);
    if (!files && !(this.dragged && place)) return this.mark(null);
    // Where files are not taken they must not replace the page either.
    event.preventDefault();
    const taken = place ?? (this.dataset.upload ? this : null);
    if (event.dataTransfer && files) event.dataTransfer.dropEffect = taken ? "copy" : "none";
    this.mark(taken, files);
  }

  /** In a panel above the page: what stands there takes its own files. */
  private elsewhere(event: DragEvent): boolean {
    return !this.single && Boolean((event.target as Element).closest?.("dialog"));
  }

  private mark(place: HTMLElement | null, files = false): void {
    for (const node of document.querySelectorAll(".sv-over")) node.classList.remove("sv-over");
    place?.classList.add("sv-over");
    if (!this.single) this.banner(files ? place : null);
  }

  /** Over the whole page: what will happen with the files. */
  private banner(place: HTMLElement | null): void {
    let told = this.querySelector<HTMLElement>(".sv-disk-drop");
    if (!place) return told?.remove();
    if (!told) this.append((told = h("div", { class: "sv-disk-drop", "aria-hidden": "true" }, h("span"))));
    const words = place.dataset.version ? this.dataset.asVersion : this.dataset.into;
    const name = place.dataset.dropName ?? this.dataset.folderName ?? "";
    told.firstElementChild!.textContent = (words ?? "").replace("{name}", name);
  }

  private async drop(event: DragEvent): Promise<void> {
    const place = this.place(event);
    const sent = event.dataTransfer;
    const { dragged } = this;
    this.mark(null);
    this.dragged = "";
    if (this.elsewhere(event)) return;
    if (sent?.types.includes("Files")) {
      event.preventDefault();
      if (hasFolder(sent)) toast(this.dataset.noFolders ?? "", "warning");
      else this.take(sent.files, place);
    } else if (dragged && place) {
      event.preventDefault();
      await this.move(dragged, place.dataset.drop ?? "");
    }
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

  private take(files: FileList | null, place: HTMLElement | null): void {
    const given = [...(files ?? [])];
    const version = place?.dataset.version ?? (this.single ? this.dataset.upload : "");
    if (version) {
      if (given.length > 1) return toast(this.dataset.one ?? text("upload_going"), "warning");
      for (const file of given) this.uploads.add(file, { url: version });
      return;
    }
    const url = this.dataset.upload ?? place?.closest<HTMLElement>("[data-files-url]")?.dataset.filesUrl;
    if (!url) return;
    for (const file of given) this.uploads.add(file, { url, folder: place?.dataset.drop ?? this.dataset.folder ?? "" });
  }

  // --- keys ---------------------------------------------------------------------------------

  private onKey(event: KeyboardEvent): void {
    const link = (event.target as Element).closest("[data-entry] a:not(.sv-pop-link)");
    const entry = link?.closest<HTMLElement>("[data-entry]");
    if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = entry.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (pressed) {
      event.preventDefault();
      pressed.click();
    } else this.go(event, entry);
  }

  private go(event: KeyboardEvent, entry: HTMLElement): void {
    const all = [...this.querySelectorAll<HTMLElement>("[data-entry]")];
    const here = all.indexOf(entry);
    const across = entry.tagName === "LI" ? columns(all) : 1;
    const steps: Record<string, number> = { ArrowDown: across, ArrowUp: -across };
    if (across > 1 || entry.tagName === "LI") Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 });
    const step = steps[event.key];
    const next = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : step ? all[here + step] : undefined;
    if (!next) return;
    event.preventDefault();
    next.querySelector<HTMLElement>("a")?.focus();
  }
}

/** How many tiles stand in the first row. */
function columns(tiles: HTMLElement[]): number {
  const top = tiles[0]?.offsetTop;
  const second = tiles.findIndex((tile) => tile.offsetTop !== top);
  return second < 0 ? tiles.length : second;
}

function hasFolder(sent: DataTransfer): boolean {
  return [...sent.items].some((item) => item.kind === "file" && item.webkitGetAsEntry?.()?.isDirectory);
}

/** What shows the Disk loads itself anew; a drawer stays open, other than after `svod:saved`. */
function renew(): void {
  document.body.dispatchEvent(new CustomEvent("svod:disk", { bubbles: true, detail: {} }));
}

async function refusal(answer: Response): Promise<string> {
  if (answer.status !== 422) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".sv-alert-error, .sv-error")?.textContent?.trim() ?? "";
}

define("svod-disk", Disk);
