// What every htmx request carries, and where the page stands after a move.
import { csrfToken } from "./dom";

interface Requesting {
  ctx: { request: { method: string; headers: Record<string, string> }; target?: Element };
}

export function watchRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = (event as CustomEvent<Requesting>).detail.ctx;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if ((event as CustomEvent<Requesting>).detail.ctx.target === document.body) scrollTo(0, 0);
  });
}
