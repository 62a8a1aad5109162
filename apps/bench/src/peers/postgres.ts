import { chown, cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "@p4/nats-server/testing";
import { debianFiles } from "./debian-programs.ts";
import { exists, run } from "./install-once.ts";
import { startStoreProcess, type StoreProcess } from "./store-process.ts";

export interface Postgres extends StoreProcess {
  readonly version: string;
  /** `postgres://user@host:port/database` */
  readonly url: string;
}

/** `nobody` on Debian: Postgres does not run as root. */
const unprivileged = 65_534;

/** A Postgres with its own settings: each commit is on its disk before it is answered. Its files lie in `folder`. */
export async function startPostgres(folder: string): Promise<Postgres> {
  const isRoot = process.getuid?.() === 0;
  const { programs, env } = await findPostgres(isRoot ? folder : null);
  const data = join(folder, "data");
  await mkdir(data);
  if (isRoot) for (const path of [folder, data]) await chown(path, unprivileged, unprivileged);
  const id = String(unprivileged);
  const prefix = isRoot ? ["setpriv", `--reuid=${id}`, `--regid=${id}`, "--clear-groups", "--"] : [];
  const command = (name: string, args: readonly string[]): [string, string[]] => {
    const [program = "", ...rest] = [...prefix, join(programs, name), ...args];
    return [program, rest];
  };
  const options = { cwd: folder, env };
  const [, version = "?"] = /PostgreSQL\) (\S+)/.exec(await run(...command("postgres", ["--version"]), options)) ?? [];
  await run(...command("initdb", ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"]), options);
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
  const server = await startStoreProcess(...command("postgres", args), port, { folder, env });
  return { version, url: `postgres://bench@127.0.0.1:${String(port)}/postgres`, ...server };
}

const installed = "/usr/lib/postgresql";

/** @param copyTo where another user can read what was unpacked in this user's cache; null: not needed */
async function findPostgres(copyTo: string | null): Promise<{ programs: string; env: NodeJS.ProcessEnv }> {
  const here = await programsIn(installed);
  if (here !== undefined) return { programs: here, env: process.env };
  const files = await debianFiles("postgresql");
  if (copyTo !== null) await cp(files.root, join(copyTo, "root"), { recursive: true });
  const root = copyTo === null ? files.root : join(copyTo, "root");
  const programs = await programsIn(join(root, installed));
  if (programs === undefined) throw new Error("the package postgresql holds no server");
  const libraries = files.env["LD_LIBRARY_PATH"]?.replaceAll(files.root, root);
  return { programs, env: { ...files.env, LD_LIBRARY_PATH: libraries } };
}

/** Of the newest version there. */
async function programsIn(folder: string): Promise<string | undefined> {
  const versions = await readdir(folder).catch(() => []);
  for (const version of versions.sort((left, right) => Number(right) - Number(left))) {
    const programs = join(folder, version, "bin");
    if (await exists(join(programs, "postgres"))) return programs;
  }
  return undefined;
}
