// What happens when a request fails: the page stays as it is and the person is told.
import { failureName } from "./dom";
import { text } from "./texts";
import { toast } from "./toast";

interface Context {
  sourceElement: Element;
  target?: Element;
  request: { headers: Record<string, string>; method: string; action: string };
  response?: { status: number; headers?: Headers };
  hx?: Record<string, string>;
}

type HtmxEvent = CustomEvent<{ ctx: Context; error?: unknown }>;

/** Bodies of these answers are shown: a form with errors, and a conflict of two writers. */
const SHOWN = new Set([409, 422]);

/** Tell a panel that is loading (it shows the failure inside), else a toast. */
function report(ctx: Context | undefined, name: string): void {
  const place = ctx?.target?.isConnected ? ctx.target : document.body;
  const event = new CustomEvent("svod:failure", { bubbles: true, cancelable: true, detail: { text: text(name) } });
  if (place.dispatchEvent(event)) toast(text(name), "error");
}

function keepPage(event: HtmxEvent): void {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 200;
  if (status >= 400 && !SHOWN.has(status) && !ctx.hx?.reswap) event.preventDefault();
}

function refused(event: HtmxEvent): void {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 500;
  // The person closed the question "is it you?": they know that nothing was done.
  if (ctx.response?.headers?.has("Svod-Reauthenticate")) return;
  if (SHOWN.has(status) || ctx.hx?.trigger?.includes('"toast"')) return;
  report(ctx, failureName(status));
}

function broken(event: HtmxEvent): void {
  const { ctx, error } = event.detail;
  if (ctx?.response) return;
  report(ctx, error === "timeout" ? "error_timeout" : "error_network");
}

export function watchFailures(): void {
  document.addEventListener("htmx:before:swap", keepPage as EventListener);
  document.addEventListener("htmx:response:error", refused as EventListener);
  document.addEventListener("htmx:error", broken as EventListener);
}
