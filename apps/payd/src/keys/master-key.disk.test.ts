import type * as filesystem from "node:fs/promises";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMasterKey } from "./master-key.ts";

const disk = vi.hoisted(() => ({ synced: [] as string[], isFull: false }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const actual = await importOriginal<typeof filesystem>();
  const open: typeof actual.open = async (path, ...rest) => {
    const file = await actual.open(path, ...rest);
    const [sync, writeFile] = [file.sync.bind(file), file.writeFile.bind(file)];
    file.sync = async () => {
      await sync();
      disk.synced.push(String(path));
    };
    file.writeFile = async (data, options) => {
      if (!disk.isFull) return writeFile(data, options);
      await writeFile("xprv");
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    };
    return file;
  };
  return { ...actual, open };
});

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "p4-payd-disk-"));
  Object.assign(disk, { synced: [], isFull: false });
});
afterEach(() => rmSync(dir, { recursive: true }));

test("a new key's name is on the disk too: a power cut does not take it away from the invoices that follow", async () => {
  await createMasterKey(join(dir, "payd", "master.key"));
  expect(disk.synced.slice(1)).toEqual([join(dir, "payd"), dir]);
});

test("a full disk leaves no part of a key behind", async () => {
  disk.isFull = true;
  await expect(createMasterKey(join(dir, "payd", "master.key"))).rejects.toMatchObject({ code: "ENOSPC" });
  expect(readdirSync(join(dir, "payd"))).toEqual([]);
});
