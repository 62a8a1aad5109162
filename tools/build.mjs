import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { readProjects } from "./projects.mjs";

/**
 * Builds what is missing or older than its sources. The check reads only names and times of files, so that a start of
 * what is built costs milliseconds; `tspc -b` then decides per package what to compile.
 *
 * @param {string} workspaceRoot absolute
 * @returns {Promise<boolean>} false when the build failed; its errors have been printed
 */
export async function ensureBuilt(workspaceRoot) {
  const projects = readProjects(workspaceRoot);
  const stampFile = join(workspaceRoot, "node_modules", ".cache", "p4-build-stamp");
  const stamp = sourceStamp(workspaceRoot, projects);
  const complete = projects.every(({ root }) => existsSync(join(workspaceRoot, root, "dist", ".tsbuildinfo")));
  if (complete && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return true;
  if (!(await build(workspaceRoot))) return false;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/** Number and newest time of all that is compiled: an edit, a new file and a removed one all change it. */
function sourceStamp(workspaceRoot, projects) {
  let files = 0;
  let newestMs = 0;
  const note = (path) => {
    files += 1;
    newestMs = Math.max(newestMs, statSync(path).mtimeMs);
  };
  note(join(workspaceRoot, "tsconfig.base.json"));
  for (const { root } of projects) {
    const dir = join(workspaceRoot, root);
    for (const name of ["package.json", "tsconfig.build.json"]) note(join(dir, name));
    for (const entry of readdirSync(join(dir, "src"), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !entry.name.endsWith(".test.ts")) note(join(entry.parentPath, entry.name));
    }
  }
  return `${files} files, newest ${newestMs}\n`;
}

function build(workspaceRoot) {
  return new Promise((resolve) => {
    const startedMs = Date.now();
    // Only tspc runs the validators' transform; plain tsc would leave packages that fail when they start.
    const compiler = join(workspaceRoot, "node_modules", "ts-patch", "bin", "tspc.js");
    const child = spawn(process.execPath, [compiler, "-b", "--verbose", "--pretty", "false"], {
      cwd: workspaceRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const project = /Building project '.*?((?:libs|apps)\/[^/]+)\//.exec(line)?.[1];
      if (project !== undefined) progress(`building ${project}`);
      else if (line.includes("error TS")) process.stderr.write(`${line}\n`);
    });
    child.on("close", (code) => {
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
      progress(code === 0 ? `built in ${seconds} s\n` : `the build failed after ${seconds} s\n`);
      resolve(code === 0);
    });
  });
}

/** One line that is rewritten on a terminal, one line each otherwise. */
function progress(text) {
  const done = text.endsWith("\n");
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K${text}` : done ? text : `${text}\n`);
}
