import { createMetrics } from "@p4/telemetry";
import { expect, test } from "vitest";
import { MetricsHistory } from "./metrics-history.ts";
import { readMetrics } from "./read-metrics.ts";

test("an hour of steps, each with its rates and latencies, from the page that Prometheus scrapes", async () => {
  const metrics = createMetrics("test");
  let connections = 3;
  metrics.observe("edge_connections", "open", () => connections);
  const received = metrics.counter("edge_frames_received_total", "in");
  const refused = metrics.counter("edge_frames_refused_total", "no", ["code"]);
  const stored = metrics.histogram("edge_store_seconds", "until stored");
  const history = new MetricsHistory();
  const look = async (atMs: number) => history.add(readMetrics((await metrics.expose()).text, atMs));

  stored.observe(5);
  await look(0);
  expect(history.samples).toEqual([]);
  received.inc(100);
  refused.inc({ code: "A" }, 5);
  refused.inc({ code: "B" }, 5);
  for (let i = 0; i < 100; i += 1) stored.observe(0.003);
  connections = 4;
  await look(5_000);
  expect(history.samples).toMatchObject([{ atMs: 5_000, connections: 4, received: 20, refused: 2, delivered: 0 }]);
  const [{ storeP50Ms, storeP95Ms } = { storeP50Ms: 0, storeP95Ms: 0 }] = history.samples;
  // Of this step alone, and between the bounds of its bucket.
  for (const ms of [storeP50Ms, storeP95Ms]) expect(ms !== null && ms >= 2.5 && ms <= 5, String(ms)).toBe(true);
  await look(10_000);
  expect(history.samples[1]).toMatchObject({ received: 0, storeP50Ms: null });
  for (let i = 0; i < 800; i += 1) history.add(readMetrics("", 15_000 + i));
  expect(history.samples).toHaveLength(720);
});
