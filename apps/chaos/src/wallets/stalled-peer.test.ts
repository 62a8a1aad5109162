import { join } from "node:path";
import { loadConfig } from "@p4/config";
import { startEdge, type Edge } from "@p4/edge";
import { createLogger } from "@p4/telemetry";
import { tempDir, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRecords, Recorder } from "./recorder.ts";
import { stallPeer } from "./stalled-peer.ts";

const nats = withNatsServer();
const dir = tempDir();
let edge: Edge;

beforeAll(async () => {
  const config = loadConfig({ P4_PORT: "0", P4_SHARDS: "1", P4_MAX_MESSAGE_BYTES: "500kB" });
  edge = await startEdge({ config, logger: createLogger({ level: "silent", name: "edge" }), natsUrl: nats.url });
});
afterAll(() => edge.close());

test("a peer that does not read is cut off, and its merchant is served all the same", async () => {
  const file = join(dir, "records.jsonl");
  const recorder = new Recorder(file);
  await stallPeer({ channelId: "slow", host: "127.0.0.1", port: edge.port, holdMs: 60_000 }, recorder);
  await recorder.close();
  const stalled = (await readRecords(file)).find(({ kind }) => kind === "stalled");
  expect(stalled).toMatchObject({ messagesStored: 20, cutOff: true });
});
