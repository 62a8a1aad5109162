import { spawnSync } from "node:child_process";
import type { StreamForecast } from "@p4/operator";
import { expect, it } from "vitest";
import { streamMetrics } from "./stream-metrics.ts";

const stream = {
  stream: "P4_CHANNELS_eu_0",
  messages: 7,
  bytes: 900,
  subjects: 2,
  firstSequence: 1,
  lastSequence: 7,
  firstAtMs: 0,
  lastAtMs: 1,
  replicas: 3,
  laggingReplicas: ["b"],
  members: [],
  isHalfRepaired: false,
  leader: "a",
  maxAgeMs: 0,
  shards: 1,
  bytesPerDay: 100,
};
const forecast: StreamForecast = {
  streams: [stream, { ...stream, stream: "P4_CHANNELS_eu_1", leader: null }],
  storedBytes: 1_800,
  storeLimitBytes: 10_000,
  bytesPerDay: 200,
  finalBytes: Infinity,
  daysLeft: 41,
};

it("tells sizes, copies that lag and the days that are left, in names that Prometheus takes", () => {
  const failing = [{ webhookId: "webhook1", threads: 3, sinceMs: 5_000 }];
  const lines = streamMetrics("eu", forecast, failing, 65_000);
  expect(lines).toContain('p4_webhook_failing_channels{region="eu",webhook="webhook1"} 3');
  expect(lines).toContain('p4_webhook_failing_seconds{region="eu",webhook="webhook1"} 60');
  expect(lines).toContain('p4_stream_bytes{region="eu",stream="P4_CHANNELS_eu_0"} 900');
  expect(lines).toContain('p4_stream_lagging_replicas{region="eu",stream="P4_CHANNELS_eu_0"} 1');
  expect(lines).toContain('p4_stream_leaderless{region="eu",stream="P4_CHANNELS_eu_1"} 1');
  expect(lines).toContain('p4_store_left_seconds{region="eu"} 3542400');
  expect(streamMetrics("eu", { ...forecast, daysLeft: null }).join()).not.toContain("left_seconds");
  const { error, status, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: `${lines.join("\n")}\n`,
    encoding: "utf8",
  });
  if (error === undefined) expect([status, stderr]).toEqual([0, ""]);
});
