// Builds what the pages load: the sources beside this file with the packages of the lockfile, into the folder that the server serves.
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const OUT = new URL("../allegata/web/static/built/", import.meta.url).pathname;
const HERE = new URL(".", import.meta.url).pathname;

await rm(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: HERE,
  entryPoints: ["query.js", "explore.js", "yasgui.js"],
  outdir: OUT,
  chunkNames: "part-[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "none",
  loader: { ".svg": "dataurl" },
  logLevel: "warning",
});
await writeFile(`${OUT}LICENCES.txt`, await licences());

/** Give the licence of every package that may stand in what was built. */
async function licences() {
  const { packages } = JSON.parse(await readFile(`${HERE}package-lock.json`, "utf8"));
  const texts = [];
  for (const [folder, { version, license, dev }] of Object.entries(packages)) {
    if (!folder || dev || !(await stat(`${HERE}${folder}`).catch(() => null))) continue;
    const file = (await readdir(`${HERE}${folder}`)).find((name) => /^licen[cs]e/i.test(name));
    const text = file ? await readFile(`${HERE}${folder}/${file}`, "utf8") : "";
    texts.push(`${folder.replace(/^.*node_modules\//, "")} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
