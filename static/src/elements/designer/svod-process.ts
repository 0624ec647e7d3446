// <svod-process>: the designer of processes. Its parts are loaded when a page has one.
import { SvodElement, define } from "../../lib/element";

class Process extends SvodElement {
  private leave: (() => void) | undefined;

  protected attach(): void {
    void this.begin();
  }

  protected override detach(): void {
    this.leave?.();
    this.leave = undefined;
  }

  private async begin(): Promise<void> {
    const { design } = await import("./app");
    if (this.alive && !this.leave) this.leave = design(this);
  }
}

define("svod-process", Process);
