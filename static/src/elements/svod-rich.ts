// <svod-rich><textarea …></textarea></svod-rich>: an editor of formatted text; the textarea
// keeps the HTML for the form. The server cleans what it receives.
import type { Editor } from "@tiptap/core";
import { SvodElement, define } from "../lib/element";
import { h, icon, iconButton } from "../lib/dom";
import { text } from "../lib/texts";

interface Tool {
  name: string;
  sign: () => SVGElement;
  run: (editor: Editor) => void;
  on?: (editor: Editor) => boolean;
}

const TOOLS: Tool[] = [
  { name: "bold", sign: () => icon("bold"), run: (e) => e.chain().focus().toggleBold().run(), on: (e) => e.isActive("bold") },
  { name: "italic", sign: () => icon("italic"), run: (e) => e.chain().focus().toggleItalic().run(), on: (e) => e.isActive("italic") },
  { name: "strike", sign: () => icon("strikethrough"), run: (e) => e.chain().focus().toggleStrike().run(), on: (e) => e.isActive("strike") },
  { name: "heading", sign: () => icon("heading"), run: (e) => e.chain().focus().toggleHeading({ level: 3 }).run(), on: (e) => e.isActive("heading") },
  { name: "bullets", sign: () => icon("list"), run: (e) => e.chain().focus().toggleBulletList().run(), on: (e) => e.isActive("bulletList") },
  { name: "numbers", sign: () => icon("list-numbers"), run: (e) => e.chain().focus().toggleOrderedList().run(), on: (e) => e.isActive("orderedList") },
  { name: "quote", sign: () => icon("blockquote"), run: (e) => e.chain().focus().toggleBlockquote().run(), on: (e) => e.isActive("blockquote") },
  { name: "code", sign: () => icon("code"), run: (e) => e.chain().focus().toggleCodeBlock().run(), on: (e) => e.isActive("codeBlock") },
  { name: "undo", sign: () => icon("arrow-back-up"), run: (e) => e.chain().focus().undo().run() },
  { name: "redo", sign: () => icon("arrow-forward-up"), run: (e) => e.chain().focus().redo().run() },
];

class Rich extends SvodElement {
  private editor: Editor | undefined;
  private bar: HTMLElement | undefined;
  private link: HTMLFormElement | HTMLElement | undefined;

  protected attach(): void {
    this.setAttribute("hx-morph-skip", "");
    void this.build();
  }

  protected override detach(): void {
    this.editor?.destroy();
    this.editor = undefined;
    this.querySelector(".sv-rich")?.remove();
  }

  private async build(): Promise<void> {
    const [{ Editor }, { default: StarterKit }] = await Promise.all([import("@tiptap/core"), import("@tiptap/starter-kit")]);
    const area = this.querySelector("textarea");
    if (!area || !this.alive || this.editor) return;
    const place = h("div", { class: "sv-rich-text" });
    this.bar = this.toolbar();
    this.link = this.linkRow();
    this.append(h("div", { class: "sv-rich" }, this.bar, this.link, place));
    this.editor = new Editor({
      element: place,
      injectCSS: false,
      extensions: [StarterKit.configure({ link: { openOnClick: false, protocols: ["http", "https", "mailto", "tel"] } })],
      content: area.value,
      editable: !area.disabled && !area.readOnly,
      editorProps: { attributes: this.labels(area), handleDOMEvents: { keydown: (_view, event) => saves(event) } },
      onUpdate: ({ editor }) => this.keep(area, editor),
      onTransaction: () => this.paint(),
    });
    area.hidden = true;
    this.paint();
    this.classList.add("sv-ready");
  }

  private labels(area: HTMLTextAreaElement): Record<string, string> {
    const label = area.labels?.[0];
    label?.addEventListener("click", () => this.editor?.commands.focus());
    const described = area.getAttribute("aria-describedby");
    return {
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": area.getAttribute("aria-label") ?? label?.textContent?.trim() ?? text("formatting"),
      ...(described && { "aria-describedby": described }),
      ...(area.getAttribute("aria-invalid") && { "aria-invalid": "true" }),
    };
  }

  private keep(area: HTMLTextAreaElement, editor: Editor): void {
    area.value = editor.isEmpty ? "" : editor.getHTML();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private toolbar(): HTMLElement {
    const buttons = TOOLS.map((tool) => this.button(tool));
    const link = iconButton(icon("link"), text("link"), () => this.openLink());
    link.dataset.tool = "link";
    buttons.splice(8, 0, link);
    buttons.forEach((button, at) => (button.tabIndex = at ? -1 : 0));
    const bar = h("div", { class: "sv-rich-bar", role: "toolbar", "aria-label": text("formatting") }, ...buttons);
    bar.addEventListener("keydown", (event) => this.walk(event, buttons));
    return bar;
  }

  private button(tool: Tool): HTMLButtonElement {
    const button = iconButton(tool.sign(), text(tool.name), () => this.editor && tool.run(this.editor));
    button.dataset.tool = tool.name;
    return button;
  }

  /** One stop of the Tab key; arrows go along the toolbar. */
  private walk(event: KeyboardEvent, buttons: HTMLButtonElement[]): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const next = buttons[(at + by + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  }

  private paint(): void {
    const { editor, bar } = this;
    if (!editor || !bar) return;
    for (const tool of TOOLS) {
      const pressed = tool.on?.(editor);
      if (pressed !== undefined) bar.querySelector(`[data-tool="${tool.name}"]`)?.setAttribute("aria-pressed", String(pressed));
    }
    bar.querySelector('[data-tool="link"]')?.setAttribute("aria-pressed", String(editor.isActive("link")));
  }

  private linkRow(): HTMLElement {
    const input = h("input", { class: "form-control form-control-sm", type: "url", placeholder: "https://", "aria-label": text("link_address") });
    const set = h("button", { type: "button", class: "btn btn-sm btn-primary", onclick: () => this.setLink(input.value) }, text("link_set"));
    const drop = h("button", { type: "button", class: "btn btn-sm", onclick: () => this.setLink("") }, text("link_remove"));
    input.addEventListener("keydown", (event) => this.onLinkKey(event, input));
    return h("div", { class: "sv-rich-link", hidden: true }, input, set, drop);
  }

  private onLinkKey(event: KeyboardEvent, input: HTMLInputElement): void {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") this.setLink(input.value);
    else this.closeLink();
  }

  private openLink(): void {
    const { link, editor } = this;
    if (!link || !editor) return;
    link.hidden = false;
    const input = link.querySelector("input");
    if (!input) return;
    input.value = String(editor.getAttributes("link").href ?? "");
    input.focus();
  }

  private setLink(address: string): void {
    const chain = this.editor?.chain().focus().extendMarkRange("link");
    if (address.trim()) chain?.setLink({ href: address.trim() }).run();
    else chain?.unsetLink().run();
    this.closeLink();
  }

  private closeLink(): void {
    if (this.link) this.link.hidden = true;
    this.editor?.commands.focus();
  }
}

/** Ctrl+Enter saves what surrounds the editor; Tiptap would take it for a line break. */
function saves(event: KeyboardEvent): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}

define("svod-rich", Rich);
