import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A fresh directory, removed after the suite's tests. Call it while a test file or a `describe` is being collected. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "p4-test-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
