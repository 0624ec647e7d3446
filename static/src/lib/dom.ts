// Small helpers for building and sending, used by the elements.

type Props = Record<string, string | boolean | undefined | ((event: Event) => void)>;

/** `h("button", { type: "button", onclick: … }, "Save")`: attributes, listeners, children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite; `build.mjs` finds the names in calls `icon("plus")`. */
export function icon(name: string, css = "icon"): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", css);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}

/** A round button with an icon and a name for those who do not see it. */
export function iconButton(
  sign: SVGElement,
  label: string,
  onclick: (event: Event) => void,
  css = "btn btn-ghost sv-icon-btn",
): HTMLButtonElement {
  return h("button", { type: "button", class: css, "aria-label": label, title: label, onclick }, sign);
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** POST form data to this server; throws an Error with a text for people. */
export async function post(url: string, body: FormData | URLSearchParams): Promise<Response> {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
  if (!answer.ok || answer.redirected) throw new Error(failureName(answer.redirected ? 401 : answer.status));
  return answer;
}

/** The name in svod/shell.py of the text that explains an HTTP status. */
export function failureName(status: number): string {
  if (status >= 500) return "error_server";
  const names: Record<number, string> = {
    401: "upload_signed_out",
    403: "error_forbidden",
    404: "error_missing",
    410: "error_missing",
    413: "error_large",
    429: "error_often",
  };
  return names[status] ?? "error_refused";
}

export function setCookie(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
}

let counter = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix: string): string {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** The modal dialog that is on top now, or the body. */
export function topLayer(): HTMLElement {
  const open = document.querySelectorAll<HTMLDialogElement>("dialog:modal");
  return open[open.length - 1] ?? document.body;
}
