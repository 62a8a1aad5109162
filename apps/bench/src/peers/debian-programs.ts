import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { installOnce, run } from "./install-once.ts";

/** Files of a Debian package and of what it needs, unpacked. */
export interface DebianFiles {
  readonly root: string;
  /** With where its libraries are. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A package of the machine's own archive and what it needs beside what is installed, without root and without touching the
 * system: apt downloads (and checks the signatures), dpkg-deb unpacks.
 */
export async function debianFiles(name: string): Promise<DebianFiles> {
  const folder = await installOnce(`debian-${name}`, async (staging) => {
    const apt = join(staging, "apt");
    await mkdir(join(apt, "lists"), { recursive: true });
    await mkdir(join(apt, "cache", "archives"), { recursive: true });
    const settings = [
      `Dir::State::lists=${join(apt, "lists")}`,
      `Dir::Cache=${join(apt, "cache")}`,
      "Debug::NoLocking=1",
      "APT::Sandbox::User=",
      "Acquire::Languages=none",
    ].flatMap((setting) => ["-o", setting]);
    const env = { ...process.env, LC_ALL: "C" };
    await run("apt-get", [...settings, "-q", "update"], { env });
    const install = ["-q", "-y", "--no-install-recommends", "--download-only", "install", name];
    await run("apt-get", [...settings, ...install], { env });
    const archives = join(apt, "cache", "archives");
    const packages = (await readdir(archives)).filter((file) => file.endsWith(".deb"));
    if (packages.length === 0) throw new Error(`apt-get: nothing to download for ${name}`);
    for (const file of packages) await run("dpkg-deb", ["-x", join(archives, file), join(staging, "root")]);
    await rm(apt, { recursive: true, force: true });
  });
  const root = join(folder, "root");
  return { root, env: { ...process.env, LD_LIBRARY_PATH: (await libraryFolders(root)).join(":") } };
}

/** `lib` and `usr/lib`, each with its folder for this machine's kind of processor. */
async function libraryFolders(root: string): Promise<string[]> {
  const parents = [join(root, "lib"), join(root, "usr", "lib")];
  const folders = await Promise.all(
    parents.map(async (parent) => {
      const names = await readdir(parent).catch(() => []);
      return names.filter((each) => each.endsWith("-linux-gnu")).map((each) => join(parent, each));
    }),
  );
  return [...parents, ...folders.flat()];
}
