import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export const workspaceRoot = fileURLToPath(new URL("../../../..", import.meta.url));

interface BuildTool {
  ensureBuilt(root: string): Promise<boolean>;
}

/**
 * Another commit of this repository, built beside this one with the dependencies that are installed here.
 *
 * @throws Error when git does not know the commit, or it does not build
 */
export async function buildOther(ref: string, onProgress: (text: string) => void) {
  const root = join(await mkdtemp(join(tmpdir(), "p4-other-")), "build");
  onProgress(`building ${ref}`);
  await run("git", ["worktree", "add", "--detach", root, ref], { cwd: workspaceRoot });
  const remove = async (): Promise<void> => {
    await run("git", ["worktree", "remove", "--force", root], { cwd: workspaceRoot });
    await rm(join(root, ".."), { recursive: true, force: true });
  };
  try {
    await linkDependencies(root);
    const tool = (await import(pathToFileURL(join(root, "tools", "build.mjs")).href)) as BuildTool;
    if (!(await tool.ensureBuilt(root))) throw new Error(`${ref} does not build`);
    return { root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The other build's own packages, which may be others than here, and everything else from here. */
async function linkDependencies(root: string): Promise<void> {
  const [from, to] = [join(workspaceRoot, "node_modules"), join(root, "node_modules")];
  await mkdir(join(to, "@p4"), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== "@p4" && name !== ".cache") await symlink(join(from, name), join(to, name));
  }
  for (const group of ["libs", "apps"]) {
    for (const folder of await readdir(join(root, group))) {
      const manifest = await readFile(join(root, group, folder, "package.json"), "utf8").catch(() => "{}");
      const { name } = JSON.parse(manifest) as { name?: string };
      if (name !== undefined) await symlink(join(root, group, folder), join(to, name));
    }
  }
}
