import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isConfigError, loadConfig } from "@p4/config";
import { createUserKey } from "@p4/nats";
import { tempDir } from "@p4/testkit";
import { expect, it } from "vitest";
import { brokerAccessOf } from "./broker-access-of.ts";

const dir = tempDir();
const { seed } = createUserKey();

function problemOf(env: Record<string, string>): unknown {
  try {
    brokerAccessOf(loadConfig({ P4_NATS_URL: "tls://h", ...env }));
  } catch (error) {
    if (isConfigError(error)) return error.problems;
    throw error;
  }
  return null;
}

it("names variable, file and rule of what cannot let the program in, and shows no secret", () => {
  const file = join(dir, "edge.nk");
  writeFileSync(file, seed);
  chmodSync(file, 0o604);
  const exposed = [expect.objectContaining({ variable: "P4_NATS_CREDENTIALS", value: file })];
  expect(problemOf({ P4_NATS_CREDENTIALS: file })).toEqual(exposed);
  expect(JSON.stringify(problemOf({ P4_NATS_CREDENTIALS: file }))).toMatch(/may be read by other users/);
  expect(JSON.stringify(problemOf({ P4_NATS_CREDENTIALS: file }))).not.toContain(seed);
  const none = join(dir, "none.pem");
  expect(problemOf({ P4_NATS_CREDENTIALS: none })).toEqual([
    { variable: "P4_NATS_CREDENTIALS", value: none, rule: `${none} cannot be read (ENOENT)` },
  ]);
  chmodSync(file, 0o600);
  expect(problemOf({ P4_NATS_CREDENTIALS: file })).toBeNull();
  const both = { P4_NATS_URL: "tls://ops:hidden@h", P4_NATS_CREDENTIALS: file };
  expect(JSON.stringify(problemOf(both))).toMatch(/and so does the broker's URL/);
  expect(JSON.stringify(problemOf(both))).not.toContain("hidden");
});
