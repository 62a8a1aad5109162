// Bundles the p4 command: a few dozen files where it would read four hundred, which is most of what a short command takes.
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * From `dist/` to `dist/bundle/`: one file for each verb, and for what several share. The transaction library stays outside,
 * most verbs do without; so do native addons.
 *
 * @param {string} root the command's directory, absolute
 */
export async function bundleCli(root) {
  const out = join(root, "dist", "bundle");
  rmSync(out, { recursive: true, force: true });
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(root, "dist", "main.js")],
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external: ["@bsv/sdk", "secp256k1", "uWebSockets.js"],
    // Libraries that are no ES modules ask for Node.js's own by `require`.
    // Without an import: what is bundled may import the same name.
    banner: {
      js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);',
    },
    logLevel: "error",
    plugins: [placesKept(out)],
  });
}

/** A module that reads files beside it finds them from where it has been put. */
function placesKept(out) {
  return {
    name: "places-kept",
    setup(build) {
      build.onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
        const code = readFileSync(path, "utf8");
        if (!code.includes("import.meta.")) return undefined;
        const own = `new URL(${JSON.stringify(relative(out, path))}, import.meta.url)`;
        const contents = code
          .replaceAll("import.meta.url", `(${own}).href`)
          .replaceAll(
            "import.meta.dirname",
            `process.getBuiltinModule("node:url").fileURLToPath(new URL(".", (${own})))`,
          );
        return { contents, loader: "js" };
      });
    },
  };
}
