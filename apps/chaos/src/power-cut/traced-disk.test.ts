import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTrace } from "./system-call.ts";
import { TracedDisk } from "./traced-disk.ts";

let dir = "";
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "p4-disk-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const hex = (text: string): string => `"${Buffer.from(text).toString("hex").replace(/../g, "\\x$&")}"`;
const open = (path: string, fd: number, flags = "O_RDWR|O_CREAT"): string =>
  `openat(AT_FDCWD, ${hex(path)}, ${flags}, 0640) = ${String(fd)}`;

/** What the power cut leaves of `/store/<file>` after these calls. */
async function left(file: string, ...calls: readonly string[]): Promise<string> {
  const disk = new TracedDisk("/store");
  const lines = calls.map((call, index) => (/^\d/.test(call) ? call : `7 1.${String(index)} ${call}`));
  for (const call of readTrace(lines)) disk.apply(call);
  await disk.dump(dir);
  return readFileSync(join(dir, file), "utf8");
}

test("what was synced stays, what was written after it is gone", async () => {
  const calls = [
    open("/store/a", 3),
    `write(3, ${hex("kept")}, 4) = 4`,
    "fsync(3) = 0",
    `write(3, ${hex("lost")}, 4) = 4`,
  ];
  expect(await left("a", ...calls)).toBe("kept");
});

test("a file that is opened with O_SYNC keeps each write", async () => {
  const calls = [open("/store/a", 3, "O_RDWR|O_CREAT|O_SYNC"), `pwrite64(3, ${hex("kept")}, 4, 0) = 4`];
  expect(await left("a", ...calls)).toBe("kept");
});

test("a sync that had not returned is none", async () => {
  const calls = [open("/store/a", 3), `write(3, ${hex("lost")}, 4) = 4`, "8 1.5 fsync(3 <unfinished ...>"];
  expect(await left("a", ...calls)).toBe("");
});

test("a sync that returned later, behind another thread's call, is one", async () => {
  const calls = [
    open("/store/a", 3),
    `write(3, ${hex("kept")}, 4) = 4`,
    "8 1.5 fsync(3 <unfinished ...>",
    `9 1.6 write(5, ${hex("x")}, 1) = 1`,
    "8 1.7 <... fsync resumed>) = 0",
  ];
  expect(await left("a", ...calls)).toBe("kept");
});

test("a rename is kept, with what was synced before it", async () => {
  const calls = [
    open("/store/a.tmp", 3),
    `write(3, ${hex("new")}, 3) = 3`,
    "fsync(3) = 0",
    "close(3) = 0",
    `renameat(AT_FDCWD, ${hex("/store/a.tmp")}, AT_FDCWD, ${hex("/store/a")}) = 0`,
  ];
  expect(await left("a", ...calls)).toBe("new");
});

test("a shortened file is shorter, and a call that failed did nothing", async () => {
  const calls = [
    open("/store/a", 3),
    `write(3, ${hex("kept and cut")}, 12) = 12`,
    "fsync(3) = 0",
    "ftruncate(3, 4) = 0",
    "ftruncate(3, 0) = -1 EINVAL (Invalid argument)",
  ];
  expect(await left("a", ...calls)).toBe("kept");
});
