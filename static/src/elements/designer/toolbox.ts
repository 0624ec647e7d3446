// The actions to choose from, in groups, with search: a column beside the scheme, and a dialog
// wherever a step is added by keyboard or on a phone.
import { h, uniqueId } from "../../lib/dom";
import { stepPicture } from "./steps";
import type { Action, PageData } from "./types";

type Choose = (action: Action) => void;
type Drag = (event: MouseEvent, action: Action) => boolean;

const DRAG_FROM_PX = 5;

function item(action: Action, choose: Choose, drag?: Drag): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "sv-tool", "data-tool": action.slug, title: action.help || undefined, onclick: () => choose(action) },
    stepPicture(action.icon),
    h("span", {}, action.label),
  );
  if (drag) draggable(button, action, drag);
  return button;
}

/** A press that moves drags; one that does not is a click. */
function draggable(button: HTMLElement, action: Action, drag: Drag): void {
  button.addEventListener("dragstart", (event) => event.preventDefault());
  button.addEventListener("mousedown", (down) => {
    if (down.button !== 0) return;
    const stop = (): void => {
      removeEventListener("mousemove", moved);
      removeEventListener("mouseup", stop);
    };
    const moved = (event: MouseEvent): void => {
      if (Math.hypot(event.pageX - down.pageX, event.pageY - down.pageY) < DRAG_FROM_PX) return;
      stop();
      drag(event, action);
    };
    addEventListener("mousemove", moved);
    addEventListener("mouseup", stop);
  });
}

function has(action: Action, words: string[]): boolean {
  const text = `${action.label} ${action.help}`.toLowerCase().replaceAll("ё", "е");
  return words.every((word) => text.includes(word));
}

function shelves(data: PageData, query: string, choose: Choose, drag?: Drag): HTMLElement[] {
  const words = query.toLowerCase().replaceAll("ё", "е").split(/\s+/).filter(Boolean);
  const drawn = data.groups.map((group) => {
    const found = data.actions.filter((one) => one.group === group.slug && has(one, words));
    if (!found.length) return undefined;
    const id = uniqueId("tools");
    const title = h("h2", { class: "sv-toolbox-group", id }, group.label);
    return h("div", { role: "group", "aria-labelledby": id }, title, ...found.map((one) => item(one, choose, drag)));
  });
  return drawn.filter((one) => one !== undefined);
}

/** Fill a container with the search and the shelves; returns the search. */
export function fillToolbox(root: HTMLElement, data: PageData, choose: Choose, drag?: Drag): HTMLInputElement {
  const { texts } = data;
  const list = h("div", { class: "sv-toolbox-list" });
  const draw = (): void => {
    const found = shelves(data, search.value, choose, drag);
    list.replaceChildren(...(found.length ? found : [h("p", { class: "text-secondary" }, texts.nothing ?? "")]));
  };
  const search = h("input", { type: "search", class: "form-control", placeholder: texts.find_action, "aria-label": texts.find_action, autocomplete: "off" });
  search.addEventListener("input", draw);
  root.addEventListener("keydown", (event) => keys(event, root, search));
  root.replaceChildren(search, list);
  draw();
  return search;
}

/** Enter in the search takes the first one found, the arrows walk. */
function keys(event: KeyboardEvent, root: HTMLElement, search: HTMLInputElement): void {
  const tools = [...root.querySelectorAll<HTMLElement>(".sv-tool")];
  const at = tools.indexOf(document.activeElement as HTMLElement);
  if (event.key === "Enter" && event.target === search) tools[0]?.click();
  else if (event.key === "ArrowDown") tools[Math.min(at + 1, tools.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (tools[at - 1] ?? search).focus();
  else return;
  event.preventDefault();
}

/** Ask for one of the allowed actions in a dialog; nothing when it is closed. */
export function askAction(all: PageData, allowed: (slug: string) => boolean): Promise<Action | undefined> {
  const data = { ...all, actions: all.actions.filter((one) => allowed(one.slug)) };
  const id = uniqueId("ask-action");
  const body = h("div", { class: "sv-toolbox-body" });
  const title = h("h2", { class: "sv-ask-title", id }, data.texts.add_step ?? "");
  const dialog = h("dialog", { class: "sv-dialog sv-toolbox-dialog", "aria-labelledby": id }, title, body);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let chosen: Action | undefined;
    const search = fillToolbox(body, data, (action) => {
      chosen = action;
      dialog.close();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen);
    });
    dialog.showModal();
    search.focus();
  });
}
