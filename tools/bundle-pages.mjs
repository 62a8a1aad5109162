// Bundles what runs in browsers: each script and style directly in a package's browser/ becomes a file of its dist/browser/.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * @param {string} root the package's directory, absolute; one without browser/ has nothing to bundle
 * @throws what the bundler says when a source is wrong
 */
export async function bundlePages(root) {
  const source = join(root, "browser");
  if (!existsSync(source)) return;
  const outDir = join(root, "dist", "browser");
  rmSync(outDir, { recursive: true, force: true });
  const { build } = await import("vite");
  const entries = readdirSync(source, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.(tsx?|css)$/.test(entry.name),
  );
  // One build per entry: a page's script is one file, and what several pages share is small.
  for (const { name } of entries) {
    await build({
      root: source,
      configFile: false,
      // What fails is thrown; the warnings are of libraries that look for Node.js and do without.
      logLevel: "error",
      publicDir: false,
      oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
      define: { "process.env.NODE_ENV": '"production"' },
      build: {
        outDir,
        emptyOutDir: false,
        target: "es2022",
        modulePreload: false,
        rolldownOptions: {
          input: { [parse(name).name]: join(source, name) },
          output: {
            entryFileNames: "[name].js",
            assetFileNames: "[name][extname]",
            codeSplitting: false,
            // A script's names are its own, also in a page that loads it as a plain one. Styles are none, and would be lost.
            format: name.endsWith(".css") ? "es" : "iife",
          },
        },
      },
    });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await bundlePages(process.cwd());
}
