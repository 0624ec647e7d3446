// A menu that opens at a place of the window: beside its button, or where the mouse was.

export const GAP = 6;

/** Shown whole inside the window, however near its edge (x, y in CSS pixels) is. */
export function showAt(menu: HTMLElement, opener: HTMLElement, x: number, y: number): void {
  menu.showPopover();
  const size = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(GAP, Math.min(x, innerWidth - size.width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(y, innerHeight - size.height - GAP))}px`;
  opener.setAttribute("aria-expanded", "true");
}

/** The focus goes back to what opened it, unless it is somewhere else by now. */
export function closedBy(opener: HTMLElement | null): void {
  opener?.removeAttribute("aria-expanded");
  if (document.activeElement === document.body) opener?.focus();
}
