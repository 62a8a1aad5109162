import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultCacheDir } from "@p4/nats-server";

/**
 * A folder of the user's cache that `install` has filled, now or in an earlier run. What is compared with is no dependency
 * of this repository, so it is fetched when it is asked for, and only then.
 *
 * @param name of the folder; holds what was installed and its version
 * @throws Error with the installer's own reason
 */
export async function installOnce(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const parent = join(defaultCacheDir(process.env), "bench-peers");
  const folder = join(parent, name);
  if (await exists(folder)) return folder;
  await mkdir(parent, { recursive: true });
  const staging = await mkdtemp(join(parent, ".staging-"));
  try {
    await install(staging);
    // Another run may have been faster; its folder is as good.
    await rename(staging, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** @throws Error with the program's first line of complaint */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, [...args], { ...options, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    const lines = stderr.split("\n").filter((line) => line.trim() !== "");
    const said = lines.find((line) => /^(E:|npm error|.*error)/i.test(line)) ?? lines.at(-1) ?? message;
    throw new Error(`${program}: ${said}`, { cause: error });
  }
}
