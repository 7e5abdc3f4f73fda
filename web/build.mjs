// Builds what browsers get: src/ and the locked packages → dist/ (or the folder named on the command line).
// Nothing is fetched, nothing tells of this machine: the same sources give the same bytes.
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const wanted = resolve(process.argv[2] ?? join(here, "dist"));
// Built aside and renamed, so that a build that fails leaves the last one standing.
const out = `${wanted}.new`;
// What the authors of the pages add to the style of every page.
const EXTRA = join(here, "../src/cscip_kg/templates/site/extra.css");
const TARGET = ["es2022", "chrome109", "firefox115", "safari16"];

const settings = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  target: TARGET,
  logLevel: "warning",
};
const sass = (path) =>
  compile(join(here, path), { loadPaths: [join(here, "node_modules")], quietDeps: true }).css;
const css = async (name, text) =>
  build({
    ...settings,
    stdin: { contents: text, loader: "css", resolveDir: here, sourcefile: name },
    outfile: join(out, name),
  });

// Few pages need these two: they stay files of their own, which site.js asks for when it sees the need.
const late = {
  name: "late",
  setup: (b) =>
    b.onResolve({ filter: /^\.\/(search|compare)\.js$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, external: true } : null,
    ),
};
// CodeMirror's style module writes a <style> into a document, which our policy refuses, and constructs a sheet, which
// it allows, inside a shadow root only. Every browser of TARGET can do the latter in a document as well.
const ONLY_IN_SHADOW = "!root.head && root.adoptedStyleSheets";
const sheets = {
  name: "sheets",
  setup: (b) =>
    b.onLoad({ filter: /style-mod[/\\]src[/\\]style-mod\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (text.split(ONLY_IN_SHADOW).length !== 2)
        throw new Error(`${path} has changed: see ONLY_IN_SHADOW in build.mjs.`);
      return { contents: text.replace(ONLY_IN_SHADOW, "root.adoptedStyleSheets") };
    }),
};

await rm(out, { recursive: true, force: true });
try {
  await mkdir(out, { recursive: true });
  await make();
  await rm(wanted, { recursive: true, force: true });
  await rename(out, wanted);
} finally {
  await rm(out, { recursive: true, force: true });
}

async function make() {
  const extra = existsSync(EXTRA) ? await readFile(EXTRA, "utf8") : "";
  await css("site.css", sass("src/site.scss") + extra);
  await css("editor.css", sass("src/editor.scss"));
  const { metafile } = await build({
    ...settings,
    metafile: true,
    entryPoints: ["site", "search", "compare", "editor", "sparql-worker"].map((name) => `src/${name}.js`),
    format: "esm",
    outdir: out,
    plugins: [late, sheets],
  });
  await copyFile(join(here, "node_modules/oxigraph/web_bg.wasm"), join(out, "oxigraph.wasm"));
  await writeFile(join(out, "LICENCES.txt"), await licences(Object.keys(metafile.inputs)));
}

// The licence of each package of which something stands in the files.
async function licences(inputs) {
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;
  const found = [];
  for (const used of [...new Set(inputs.map((path) => name.exec(path)?.[1]).filter(Boolean))].sort()) {
    const folder = join(here, "node_modules", used);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.txt", "LICENSE.md"].map((n) => join(folder, n)).find(existsSync);
    found.push(`${used} ${version} (${license})\n\n${file ? (await readFile(file, "utf8")).trim() : ""}\n`);
  }
  return found.join(`\n${"-".repeat(72)}\n\n`);
}
