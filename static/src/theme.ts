// Runs before the first paint: "auto" follows the system, so the page never flashes.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function followSystem(): void {
  if (root.dataset.theme === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light";
}

followSystem();
dark.addEventListener("change", followSystem);
