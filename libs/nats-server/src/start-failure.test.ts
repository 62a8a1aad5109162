import { expect, test } from "vitest";
import { startFailure, storeDirFailure } from "./start-failure.ts";

test.each([
  ["[7] 2026/01/01 00:00:00.0 [FTL] Can't start JetStream: mkdir /x: no space left on device", "DISK_FULL"],
  ["[7] 2026/01/01 00:00:00.0 [FTL] Can't start JetStream: mkdir /x: permission denied", "STORE_DIR_UNWRITABLE"],
  ["[7] 2026/01/01 00:00:00.0 [FTL] Something new", "START_FAILED"],
  ["", "START_FAILED"],
])("%s becomes %s", (log, code) => {
  expect(startFailure(log, "exit code 1").code).toBe(code);
});

test("the message holds the server's own words without its time stamp", () => {
  const log = "[7] 2026/01/01 00:00:00.0 [INF] Starting\n[7] 2026/01/01 00:00:00.0 [FTL] Something new\n";
  expect(startFailure(log, "exit code 1").message).toBe("nats-server did not start: Something new");
});

test("a full disk met by our own preparation is told from a missing permission", () => {
  expect(storeDirFailure("/x", Object.assign(new Error("full"), { code: "ENOSPC" })).code).toBe("DISK_FULL");
  expect(storeDirFailure("/x", Object.assign(new Error("no"), { code: "EACCES" })).code).toBe("STORE_DIR_UNWRITABLE");
});
