import { readFile, stat } from "node:fs/promises";
import { loadConfig } from "@p4/config";
import { tempDir } from "@p4/testkit";
import { expect, test } from "vitest";
import { withJoinSecret } from "./join-secret.ts";

const dataDir = tempDir();

test("the policy token gets a secret of its own, the same at each start, for its user alone", async () => {
  const wanted = { P4_JOIN_POLICY: "token", P4_DATA_DIR: dataDir };
  const given = await withJoinSecret(wanted);
  const { joinSecrets } = loadConfig(given);
  expect(joinSecrets?.[0]).toMatch(/^[\w-]{43}$/);
  expect(loadConfig(await withJoinSecret(wanted)).joinSecrets).toEqual(joinSecrets);
  const path = (given["P4_JOIN_SECRET"] ?? "").slice("file:".length);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path, "utf8")).trim()).toBe(joinSecrets?.[0]);
});

test.each([
  { P4_JOIN_POLICY: "open" },
  { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: "0123456789abcdef" },
  { P4_JOIN_POLICY: "token", P4_NATS_URL: "nats://127.0.0.1:4222" },
])("nothing is made where it is not wanted: %o", async (environment) => {
  expect(await withJoinSecret(environment)).toEqual(environment);
});
