// Which groups of a table are open, as it stands in the address: `open={"v12":{"e":{}}}`. A path is
// the list of the steps that lead to a group; what does not fit is open and not in the address.

/** As in lists_core/grid/opened_groups.py. */
const LONGEST = 1_500;
const MOST = 50;

interface Tree {
  [step: string]: Tree;
}

export class Opened {
  private readonly paths = new Set<string>();

  has(path: string): boolean {
    return this.paths.has(plain(path));
  }

  add(path: string): void {
    this.paths.add(plain(path));
  }

  delete(path: string): void {
    this.paths.delete(plain(path));
  }

  /** Nothing but what an address says. */
  read(text: string): void {
    this.paths.clear();
    try {
      if (text) this.gather(JSON.parse(text) as Tree, []);
    } catch {
      // The server has checked it: an address of somebody's own making opens nothing.
    }
  }

  private gather(tree: Tree, above: string[]): void {
    for (const [step, inner] of Object.entries(tree)) {
      this.paths.add(JSON.stringify([...above, step]));
      this.gather(inner, [...above, step]);
    }
  }

  /** For an address: outer groups first, as many as fit. */
  get text(): string {
    const paths = [...this.paths].map((path) => JSON.parse(path) as string[]).sort((a, b) => a.length - b.length);
    const tree: Tree = {};
    let text = "";
    for (const path of paths.slice(0, MOST)) {
      const place = path.slice(0, -1).reduce<Tree | undefined>((at, step) => at?.[step], tree);
      const last = path.at(-1);
      if (!place || last === undefined) continue; // what is around it is closed
      place[last] = {};
      const longer = JSON.stringify(tree);
      if (encodeURIComponent(longer).length > LONGEST) break;
      text = longer;
    }
    return text;
  }
}

/** The server's JSON has spaces that ours has not. */
function plain(path: string): string {
  return JSON.stringify(JSON.parse(path));
}
