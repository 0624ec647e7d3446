// What a web site loads: <script async src="https://portal/chat/w/TOKEN/chat.js"></script>.
// A button and, behind it, the window in a frame of the portal's own origin. No styles in
// attributes of HTML, no eval: it works under a strict policy that allows the portal in
// script-src and frame-src.

export {};

const own = document.currentScript as HTMLScriptElement;
const base = own.src.replace(/chat\.js(\?.*)?$/, "");
const origin = new URL(base).origin;
const OPEN = "svod-chat-open";
const TALKS = "svod-chat-talks";
const ICON =
  "M8 9h8M8 13h6M18 4a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-5l-5 3v-3H6a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3h12z";

let frame: HTMLIFrameElement | undefined;
let unread = 0;
const button = document.createElement("button");
const badge = document.createElement("span");

function styled<Shown extends HTMLElement>(element: Shown, styles: Partial<CSSStyleDeclaration>): Shown {
  Object.assign(element.style, styles);
  return element;
}

function drawButton(): void {
  styled(button, {
    position: "fixed", right: "20px", bottom: "20px", width: "56px", height: "56px", border: "0",
    borderRadius: "28px", background: own.dataset.color ?? "#2b53c6", color: "#fff", cursor: "pointer",
    boxShadow: "0 4px 16px rgb(0 0 0 / 25%)", zIndex: "2147483000", display: "grid", placeItems: "center",
  });
  button.type = "button";
  button.setAttribute("aria-label", own.dataset.label ?? "Чат");
  button.setAttribute("aria-expanded", "false");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "28", height: "28", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) icon.setAttribute(name, value);
  line.setAttribute("d", ICON);
  icon.append(line);
  styled(badge, {
    position: "absolute", top: "-4px", right: "-4px", minWidth: "20px", height: "20px", borderRadius: "10px",
    background: "#c0262d", color: "#fff", font: "600 12px/20px sans-serif", display: "none",
  });
  button.append(icon, badge);
  button.addEventListener("click", () => toggle(!isOpen()));
  document.body.append(button);
}

function isOpen(): boolean {
  return frame !== undefined && frame.style.display !== "none";
}

function toggle(open: boolean): void {
  if (open && !frame) frame = makeFrame(true);
  if (frame) frame.style.display = open ? "block" : "none";
  button.setAttribute("aria-expanded", String(open));
  tellFrame();
  if (open) count(0);
  kept("sessionStorage", OPEN, open);
}

function tellFrame(): void {
  frame?.contentWindow?.postMessage({ svod: isOpen() ? "opened" : "closed" }, origin);
}

/** A browser that keeps nothing begins anew with each page. */
function kept(where: "localStorage" | "sessionStorage", name: string, set?: boolean): boolean {
  try {
    if (set !== undefined) window[where].setItem(name, set ? "1" : "");
    return window[where].getItem(name) === "1";
  } catch {
    return false;
  }
}

function makeFrame(open: boolean): HTMLIFrameElement {
  const made = styled(document.createElement("iframe"), {
    position: "fixed", right: "20px", bottom: "88px", width: "min(380px, calc(100vw - 40px))",
    height: "min(560px, calc(100dvh - 110px))", border: "0", borderRadius: "12px", zIndex: "2147483000",
    boxShadow: "0 8px 40px rgb(0 0 0 / 28%)", background: "#fff", colorScheme: "normal",
    display: open ? "block" : "none",
  });
  made.title = own.dataset.label ?? "Чат";
  made.allow = "autoplay";
  made.referrerPolicy = "strict-origin-when-cross-origin";
  made.src = `${base}?page=${encodeURIComponent(location.href.slice(0, 500))}${open ? "" : "&closed=1"}`;
  made.addEventListener("load", () => isOpen() === open || tellFrame()); // pressed meanwhile
  document.body.append(made);
  return made;
}

function count(number: number): void {
  unread = number;
  badge.textContent = String(number);
  badge.style.display = number ? "block" : "none";
}

addEventListener("message", (event: MessageEvent<{ svod?: string; open?: boolean; unseen?: number }>) => {
  if (event.origin !== origin || event.source !== frame?.contentWindow) return;
  if (event.data?.svod === "close") toggle(false);
  if (event.data?.svod !== "talk") return;
  kept("localStorage", TALKS, Boolean(event.data.open));
  if (!isOpen()) count(unread + Number(event.data.unseen ?? 0));
});

/** Who has a conversation is told of an answer on whatever page they are. */
function begin(): void {
  drawButton();
  if (kept("sessionStorage", OPEN)) toggle(true);
  else if (kept("localStorage", TALKS)) frame = makeFrame(false);
}

if (document.body) begin();
else addEventListener("DOMContentLoaded", begin);
