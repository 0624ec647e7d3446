// What every htmx request carries, and where the page stands after a move.
import { csrfToken } from "./dom";
import { confirmedFetch } from "./reauth";

interface Requesting {
  ctx: { request: { method: string; headers: Record<string, string> }; target?: Element; fetch?: typeof fetch };
}

export function watchRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = (event as CustomEvent<Requesting>).detail;
    const { request } = ctx;
    ctx.fetch ??= confirmedFetch;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if ((event as CustomEvent<Requesting>).detail.ctx.target === document.body) scrollTo(0, 0);
  });
}
