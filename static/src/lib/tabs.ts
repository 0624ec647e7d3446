// A row of tabs that is too long for a phone begins at the tab that is open.
export function watchTabs(): void {
  show();
  document.addEventListener("htmx:after:swap", (event) => {
    if ((event as CustomEvent<{ ctx: { target?: Element } }>).detail.ctx.target === document.body) show();
  });
}

function show(): void {
  for (const tab of document.querySelectorAll<HTMLElement>(".sv-page-tabs [aria-current=page]")) {
    const row = tab.parentElement;
    if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}
