// <svod-theme> (light or dark) and <svod-rail> (wide or narrow menu): a button whose choice
// the server reads from a cookie at the next page, so nothing jumps.
import { SvodElement, define } from "../lib/element";
import { setCookie } from "../lib/dom";

const root = document.documentElement;

class Theme extends SvodElement {
  protected attach(): void {
    this.show();
    this.listen(this, "click", () => this.turn());
    this.listen(document, "svod:theme", () => this.show());
  }

  private get dark(): boolean {
    return root.dataset.bsTheme === "dark";
  }

  private turn(): void {
    const chosen = this.dark ? "light" : "dark";
    root.dataset.theme = root.dataset.bsTheme = chosen;
    setCookie("theme", chosen);
    document.dispatchEvent(new CustomEvent("svod:theme", { detail: { theme: chosen } }));
  }

  private show(): void {
    this.querySelector("button")?.setAttribute("aria-pressed", String(this.dark));
  }
}

class Rail extends SvodElement {
  protected attach(): void {
    this.listen(this, "click", () => {
      const narrow = root.dataset.menu !== "narrow";
      root.dataset.menu = narrow ? "narrow" : "wide";
      setCookie("menu", root.dataset.menu);
      this.querySelector("button")?.setAttribute("aria-pressed", String(narrow));
    });
  }
}

define("svod-theme", Theme);
define("svod-rail", Rail);
