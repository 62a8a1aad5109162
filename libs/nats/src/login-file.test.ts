import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLoginFile } from "./login-file.ts";
import { userKeyOf } from "./user-key.ts";

test("a login is made once, for its user alone, and is not replaced where it cannot be read", async () => {
  const dir = mkdtempSync(join(tmpdir(), "p4-login-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "data", "nats.nk");
  const both = await Promise.all([openLoginFile(file), openLoginFile(file)]);
  const { publicKey } = userKeyOf((await readFile(file, "utf8")).trim());
  expect([...both, await openLoginFile(file)].map((opened) => opened.publicKey)).toEqual(Array(3).fill(publicKey));
  expect(both.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(dir, "data"))).toEqual(["nats.nk"]);
  await writeFile(file, "S3cret\n");
  await expect(openLoginFile(file)).rejects.toThrow(/nats\.nk holds no nkey seed of a user: delete it/);
  await expect(openLoginFile(file)).rejects.not.toThrow(/S3cret/);
});
