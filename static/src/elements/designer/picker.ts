// Values of the process for controls marked `data-placeholders`: a button that lists them by
// their captions, and under the control what its placeholders are called.
import { h, icon, topLayer, uniqueId } from "../../lib/dom";

export interface Values {
  groups: { title: string; items: { path: string; caption: string; kind: string }[] }[];
  captions: Record<string, string>;
}

type Control = HTMLInputElement | HTMLTextAreaElement;
type Ask = () => Promise<Values>;

const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** Give every marked control its button and its legend; `ask` brings the values. */
export function equip(root: HTMLElement, texts: Record<string, string>, ask: Ask): void {
  for (const control of root.querySelectorAll<Control>("[data-placeholders]:not([data-equipped])")) {
    control.dataset.equipped = "1";
    const legend = h("div", { class: "sv-legend" });
    const label = texts.insert ?? "";
    const button = h("button", { type: "button", class: "btn sv-icon-btn sv-insert", "aria-label": label, title: label }, icon("variable-plus"));
    button.addEventListener("click", () => void pick(control, button, texts, ask));
    const frame = h("div", { class: "sv-insert-frame" });
    control.replaceWith(frame);
    frame.append(control, button);
    frame.after(legend);
    const name = (): void => void explain(control, legend, ask);
    control.addEventListener("input", name);
    name();
  }
}

async function explain(control: Control, legend: HTMLElement, ask: Ask): Promise<void> {
  const paths = [...control.value.matchAll(PLACEHOLDER)].map((found) => found[1] ?? "");
  if (!paths.length) {
    legend.replaceChildren();
    return;
  }
  const { captions } = await ask();
  const chips = [...new Set(paths)].map((path) => {
    const known = captions[path];
    return h("span", { class: known ? "sv-value-chip" : "sv-value-chip is-unknown", title: `{{${path}}}` }, known ?? path);
  });
  legend.replaceChildren(...chips);
}

async function pick(control: Control, button: HTMLElement, texts: Record<string, string>, ask: Ask): Promise<void> {
  const values = await ask();
  const path = await choose(values, button, texts);
  control.focus();
  if (!path) return;
  insert(control, `{{${path}}}`);
}

/** At the caret; the control tells that it was changed. */
function insert(control: Control, text: string): void {
  const start = control.selectionStart ?? control.value.length;
  const end = control.selectionEnd ?? start;
  control.setRangeText(text, start, end, "end");
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function choose(values: Values, near: HTMLElement, texts: Record<string, string>): Promise<string> {
  const list = h("div", { class: "sv-values-list" });
  const search = h("input", { type: "search", class: "form-control", placeholder: texts.find_value, "aria-label": texts.find_value, autocomplete: "off" });
  const box = h("dialog", { class: "sv-values-pop", "aria-label": texts.insert }, search, list);
  topLayer().append(box);
  return new Promise((resolve) => {
    const done = (path: string): void => {
      box.close(path);
    };
    const draw = (): void => list.replaceChildren(...drawn(values, search.value, texts, done));
    search.addEventListener("input", draw);
    box.addEventListener("keydown", (event) => keys(event, box, search));
    box.addEventListener("click", (event) => event.target === box && box.close(""));
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue);
    });
    draw();
    box.showModal();
    place(box, near);
    search.focus();
  });
}

function drawn(values: Values, query: string, texts: Record<string, string>, done: (path: string) => void): HTMLElement[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = values.groups.map((group) => {
    const found = group.items.filter((one) => words.every((word) => `${one.caption} ${one.path}`.toLowerCase().includes(word)));
    if (!found.length) return undefined;
    const id = uniqueId("values");
    const items = found.map((one) =>
      h("button", { type: "button", class: "sv-values-item", "data-path": one.path, onclick: () => done(one.path) }, h("span", {}, one.caption), h("code", {}, one.path)),
    );
    return h("div", { role: "group", "aria-labelledby": id }, h("h3", { class: "sv-values-group", id }, group.title), ...items);
  });
  const known = groups.filter((one) => one !== undefined);
  return known.length ? known : [h("p", { class: "text-secondary sv-values-none" }, texts.nothing ?? "")];
}

function keys(event: KeyboardEvent, box: HTMLElement, search: HTMLInputElement): void {
  const items = [...box.querySelectorAll<HTMLElement>(".sv-values-item")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (event.key === "ArrowDown") items[Math.min(at + 1, items.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (items[at - 1] ?? search).focus();
  else if (event.key === "Enter" && event.target === search) items[0]?.click();
  else return;
  event.preventDefault();
}

/** Beside the button, inside the window. */
function place(box: HTMLElement, near: HTMLElement): void {
  const spot = near.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(spot.right - width, innerWidth - width - 8));
  const below = spot.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, spot.top - height - 4) : below;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}
