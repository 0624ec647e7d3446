// Icons of the sprite as pictures of their own, for the canvas, which knows only addresses.

let sprite: Promise<Document> | undefined;
const made = new Map<string, string>();

async function load(): Promise<Document> {
  const answer = await fetch(document.documentElement.dataset.icons ?? "");
  return new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
}

/** Make ready the pictures of these icons, drawn in one colour. */
export async function prepareIcons(names: Iterable<string>, colour: string): Promise<void> {
  const page = await (sprite ??= load());
  for (const name of names) {
    const shapes = page.getElementById(name)?.innerHTML ?? "";
    const look = `fill="none" stroke="${colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" ${look}>${shapes}</svg>`;
    made.set(name, `data:image/svg+xml,${encodeURIComponent(svg)}`);
  }
}

export function picture(name: string): string | null {
  return made.get(name) ?? null;
}
