// Texts in the person's language: the server writes them into the page as JSON.

let known: Record<string, string> | undefined;

function read(): Record<string, string> {
  return JSON.parse(document.getElementById("svod-texts")?.textContent ?? "{}");
}

/** The text of that name, with `%(place)s` replaced. Names are in svod/shell.py. */
export function text(name: string, values: Record<string, string | number> = {}): string {
  known ??= read();
  const found = known[name] ?? name;
  return found.replace(/%\((\w+)\)s/g, (whole, key: string) => String(values[key] ?? whole));
}
