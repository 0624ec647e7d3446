// Toasts: `toast("Saved")` anywhere in the scripts, `toast(request, …)` on the server.

export type Level = "success" | "info" | "warning" | "error";

export interface Toast {
  text: string;
  level?: Level;
  undo?: string;
  /** Where the words lead. */
  url?: string;
}

export function toast(text: string, level: Level = "success"): void {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { toasts: [{ text, level }] } }));
}
