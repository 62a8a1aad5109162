import { join } from "node:path";
import { ESLint } from "eslint";
import { expect, test, vi } from "vitest";

const workspaceRoot = join(import.meta.dirname, "..");
const eslint = new ESLint({ cwd: workspaceRoot });
// The first one reads the types of all packages, beside all the other tests.
vi.setConfig({ testTimeout: 300_000 });

/** Lints code as if it stood in an existing file, and gives the rules that it breaks. */
async function brokenRules(file, code) {
  const [result] = await eslint.lintText(code, { filePath: join(workspaceRoot, file) });
  return result.messages.map(({ ruleId, message }) => ruleId ?? message);
}

const boundaries = "p4/boundaries";

test.each([
  ["libs/channel/src/index.ts", 'export * from "@p4/nats";', boundaries, "domain -> adapter"],
  ["libs/channel/src/index.ts", 'export * from "@p4/event-store";', boundaries, "domain -> port"],
  ["libs/event-store/src/index.ts", 'export * from "@p4/nats";', boundaries, "port -> adapter"],
  ["libs/channel-host/src/index.ts", 'export * from "@p4/nats";', boundaries, "application -> adapter"],
  ["libs/nats/src/index.ts", 'export * from "@p4/channel-host";', boundaries, "adapter -> application"],
  ["libs/nats/src/index.ts", 'export * from "@p4/testkit";', boundaries, "adapter -> testing"],
  ["apps/edge/src/index.ts", 'export * from "@p4/stack";', boundaries, "app -> composition"],
  ["libs/channel/src/index.ts", 'export type A = import("@p4/nats").Broker;', boundaries, "for its types alone"],
  ["libs/channel/src/index.ts", 'export const nats = import("@p4/nats");', boundaries, "when it is used"],
  ["apps/edge/src/index.ts", 'export * from "../../../libs/nats/src/index.ts";', boundaries, "by its place"],
  ["apps/edge/src/index.ts", 'export * from "@p4/no-such-package";', boundaries, "a package that is none"],
  ["libs/channel/src/index.ts", 'export * from "node:fs";', "no-restricted-imports", "node in the domain"],
  ["libs/client/src/index.ts", 'export * from "node:fs";', "no-restricted-imports", "node in the browser's SDK"],
  ["apps/edge/src/index.ts", 'export * from "@nats-io/jetstream";', "no-restricted-imports", "NATS outside libs/nats"],
  ["libs/nats/src/index.ts", 'export * from "uWebSockets.js";', "no-restricted-imports", "uWS outside libs/http"],
  ["libs/channel/src/index.ts", 'export * from "typia";', "no-restricted-imports", "typia outside libs/protocol"],
  ["libs/channel/src/index.ts", "export const now = Date.now();", "no-restricted-properties", "clock in the domain"],
  ["libs/nats/src/index.ts", "Promise.resolve(1);", "@typescript-eslint/no-floating-promises", "floating promise"],
  ["libs/nats/src/index.ts", 'console.log("");', "no-console", "console in a library"],
])("%s: %s breaks %s (%s)", async (file, code, rule) => {
  expect(await brokenRules(file, code)).toContain(rule);
});

test.each([
  ["libs/channel-host/src/index.ts", 'export * from "@p4/channel";'],
  ["apps/edge/src/index.ts", 'export * from "@p4/nats";'],
  ["libs/nats-server/src/index.ts", 'export * from "node:fs";'],
  ["libs/nats/src/ack-subject.test.ts", 'export * from "@p4/testkit";'],
  ["libs/nats/src/ack-subject.test.ts", 'export * from "@p4/nats";'],
])("%s: %s is allowed", async (file, code) => {
  expect(await brokenRules(file, code)).toEqual([]);
});
