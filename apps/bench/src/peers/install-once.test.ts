import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { installOnce, run } from "./install-once.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "p4-bench-cache-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

it("installs into the user's cache, and once", async () => {
  let installs = 0;
  const install = async (folder: string): Promise<void> => {
    installs++;
    await writeFile(join(folder, "program"), "x");
  };
  const folder = await installOnce("a-1.0", install);
  expect(await installOnce("a-1.0", install)).toBe(folder);
  expect(installs).toBe(1);
  expect(folder.startsWith(cache)).toBe(true);
  expect(await readdir(folder)).toEqual(["program"]);
});

it("leaves nothing of an installation that failed, so that the next run tries again", async () => {
  const broken = (): Promise<void> => Promise.reject(new Error("no network"));
  await expect(installOnce("a-1.0", broken)).rejects.toThrow("no network");
  expect(await readdir(join(cache, "p4", "bench-peers"))).toEqual([]);
});

it("takes another run's folder when that one was faster", async () => {
  const folder = await installOnce("a-1.0", async (staging) => {
    await writeFile(join(staging, "program"), "slow");
    await installOnce("a-1.0", (faster) => writeFile(join(faster, "program"), "fast"));
  });
  expect(await readdir(folder)).toEqual(["program"]);
});

it("says why a program failed or is not there, in one line", async () => {
  const script = "console.error('reading'); console.error('E: no such package'); process.exit(100)";
  await expect(run(process.execPath, ["-e", script])).rejects.toThrow(/: E: no such package$/);
  await expect(run("no-such-program", [])).rejects.toThrow("ENOENT");
});
