// Builds static/dist: scripts (ES modules with lazy chunks), styles, the icon sprite.
// `node build.mjs` once, `node build.mjs --watch` while working.
import { mkdir, readFile, readdir, rm, writeFile, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { context } from "esbuild";

const OUT = "static/dist";
const ICONS = "node_modules/@tabler/icons/icons/outline";
const CODE = ["templates", "static/src", "svod", "staff", "lists_core", "workflows", "crm_link", "openlines", "rest"];
// How code names an icon: {% icon "plus" %}, icon="plus", icon_name="plus", icon: "plus", icon("plus").
const NAMED = /(?:\{%\s*icon\s+|\bicon(?:_name)?\s*[=:(]\s*)["']([a-z0-9-]+)["']/g;
const LISTED = /^ICONS\b[^=]*=\s*\(([^)]*)\)/m;

async function* filesUnder(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile() && /\.(html|py|ts)$/.test(entry.name)) yield join(entry.parentPath, entry.name);
  }
}

async function iconNames() {
  const names = new Map();
  for (const folder of CODE) {
    for await (const file of filesUnder(folder)) {
      const text = await readFile(file, "utf8");
      for (const [, name] of text.matchAll(NAMED)) names.set(name, file);
    }
  }
  const looks = await readFile("svod/base/looks.py", "utf8");
  for (const [, name] of LISTED.exec(looks)[1].matchAll(/"([a-z0-9-]+)"/g)) names.set(name, "svod/base/looks.py");
  return names;
}

async function symbol(name) {
  const svg = await readFile(join(ICONS, `${name}.svg`), "utf8").catch(() => "");
  if (!svg) return "";
  const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  const drawn = shapes.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawn}</symbol>`;
}

async function sprite() {
  const names = [...(await iconNames())].sort(([a], [b]) => a.localeCompare(b));
  const symbols = await Promise.all(names.map(([name]) => symbol(name)));
  await writeFile(join(OUT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
  for (const [at, [name, file]] of names.entries()) {
    if (symbols[at]) continue;
    console.error(`${file}: there is no icon "${name}" in @tabler/icons`);
    process.exitCode = 1;
  }
  return symbols.length;
}

const watch = process.argv.includes("--watch");
const shared = {
  bundle: true,
  minify: !watch,
  sourcemap: watch,
  target: ["chrome125", "firefox128", "safari17.5"],
  legalComments: "none",
  logLevel: "warning",
};
const modules = {
  ...shared,
  entryPoints: { main: "static/src/main.ts" },
  outdir: OUT,
  format: "esm",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
};
const theme = { ...shared, entryPoints: { theme: "static/src/theme.ts" }, outdir: OUT, format: "iife" };
// What other people's pages load, and the window in their frame: each a file by itself.
const chat = {
  ...shared,
  entryPoints: { "chat-embed": "static/src/chat/embed.ts", "chat-window": "static/src/chat/window.ts" },
  outdir: OUT,
  format: "iife",
};
const styles = {
  ...shared,
  entryPoints: {
    main: "static/src/styles/main.css",
    "web-form": "static/src/styles/web-form.css",
    "chat-window": "static/src/styles/chat-window.css",
  },
  outdir: OUT,
  assetNames: "assets/[name]-[hash]",
  loader: { ".woff2": "file", ".png": "file", ".svg": "dataurl" },
};

const started = performance.now();
await rm(join(OUT, "chunks"), { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const builds = await Promise.all([modules, theme, chat, styles].map(context));
await Promise.all(builds.map((build) => build.rebuild()));
await copyFile("static/src/favicon.svg", join(OUT, "favicon.svg"));
const icons = await sprite();
console.log(`${OUT}: built with ${icons} icons in ${Math.round(performance.now() - started)} ms`);
if (watch) await Promise.all(builds.map((build) => build.watch()));
else await Promise.all(builds.map((build) => build.dispose()));
