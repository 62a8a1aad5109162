// Packs libs/client for people outside this workspace: its code and its types in one package that depends on nothing.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
const client = join(workspaceRoot, "libs", "client");
/** What a program may import, and the file of the client's build that it is. */
const entries = { index: "index.js", testing: "testing.js" };
const browserFile = "p4-client.min.js";

/**
 * Writes `p4-client-<version>.tgz` into the folder and gives its path.
 *
 * @param {string} folder absolute; made when it is missing
 * @param {string} [version] default: that of libs/client
 * @throws Error when the build, the declarations or `npm pack` fail
 */
export async function packClient(folder, version = readJson(join(client, "package.json")).version) {
  if (!(await ensureBuilt(workspaceRoot))) throw new Error("the build failed");
  run(process.execPath, [
    join(workspaceRoot, "node_modules/typescript/bin/tsc"),
    ...["-b", join(client, "tsconfig.build.json"), "--emitDeclarationOnly"],
  ]);
  const dir = mkdtempSync(join(tmpdir(), "p4-client-"));
  try {
    await bundle(dir, { minify: false, input: entries, entryFileNames: "[name].js" });
    await bundle(dir, { minify: true, input: { index: entries.index }, entryFileNames: browserFile });
    copyTypes(dir);
    writeFileSync(join(dir, "package.json"), `${JSON.stringify(manifestOf(version), null, 2)}\n`);
    copyFileSync(join(client, "README.md"), join(dir, "README.md"));
    const license = join(workspaceRoot, "LICENSE");
    if (existsSync(license)) copyFileSync(license, join(dir, "LICENSE"));
    mkdirSync(folder, { recursive: true });
    const packed = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], dir);
    return join(folder, JSON.parse(packed)[0].filename);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function manifestOf(version) {
  const { name, description, license, repository } = readJson(join(client, "package.json"));
  const entry = (file) => ({ types: `./types/client/${file}.d.ts`, default: `./${file}.js` });
  return {
    name,
    version,
    description,
    license,
    ...(repository === undefined ? {} : { repository }),
    type: "module",
    sideEffects: false,
    exports: { ".": entry("index"), "./testing": entry("testing"), [`./${browserFile}`]: `./${browserFile}` },
    engines: { node: ">=22" },
  };
}

async function bundle(outDir, { minify, input, entryFileNames }) {
  const { build } = await import("vite");
  await build({
    root: client,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: false,
      minify,
      target: "es2023",
      modulePreload: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, join(client, "dist", file)])),
        preserveEntrySignatures: "strict",
        output: { format: "es", entryFileNames, chunkFileNames: "shared/[name].js" },
        // They name files of this workspace.
        experimental: { attachDebugInfo: "none" },
      },
    },
  });
}

/** The declarations that the entries lead to, those of the protocol among them, with names that resolve anywhere. */
function copyTypes(outDir) {
  const waiting = Object.values(entries).map((file) => join(client, "dist", file.replace(/\.js$/, ".d.ts")));
  const seen = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const target = targetOf(path, outDir);
    const text = withoutTags(readFileSync(path, "utf8")).replace(/(\bfrom |\bimport\()"([^"]+)"/g, (_, word, name) => {
      const found = declarationOf(name, path);
      if (!seen.has(found)) waiting.push(found);
      seen.add(found);
      const link = relative(dirname(target), targetOf(found, outDir)).replace(/\.d\.ts$/, ".js");
      return `${word}"${link.startsWith(".") ? link : `./${link}`}"`;
    });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function targetOf(declaration, outDir) {
  const [library, , ...rest] = relative(join(workspaceRoot, "libs"), declaration).split("/");
  return join(outDir, "types", library, ...rest);
}

function declarationOf(name, from) {
  if (name.startsWith(".")) return resolve(dirname(from), name.replace(/\.[jt]s$/, ".d.ts"));
  const [, library] = /^@p4\/([\w-]+)$/.exec(name) ?? [];
  if (library === undefined) throw new Error(`${relative(workspaceRoot, from)} needs the types of ${name}`);
  return join(workspaceRoot, "libs", library, "dist", "index.d.ts");
}

/** The validators' tags say what TypeScript cannot check; the schemas are the server's. Neither is of use to a wallet. */
function withoutTags(text) {
  return text
    .replace(/^import (?:type )?\{ (?:type )?tags \} from "typia";\n/m, "")
    .replace(/\s*&\s*tags\.\w+<(?:"(?:[^"\\]|\\.)*"|[^<>"])*>/g, "")
    .replace(/^export \* from "\.\/schemas\.ts";\n/m, "");
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function run(command, args, cwd = workspaceRoot) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = "dist", version] = process.argv.slice(2);
  process.stdout.write(`${await packClient(resolve(folder), version)}\n`);
}
