import { describe, expect, it } from "vitest";
import { Readiness } from "./health.ts";
import { createLogger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { operationsRoutes } from "./operations-routes.ts";
import { memoryLogger } from "./test-support.ts";

describe("createLogger", () => {
  it("writes one JSON object per line, with app, level as a word and RFC 3339 time", () => {
    const { lines, logger } = memoryLogger();
    logger.child({ channelId: "inv-1" }).info({ ms: 3 }, "joined");
    expect(lines).toEqual([
      expect.objectContaining({ app: "edge", level: "info", channelId: "inv-1", ms: 3, msg: "joined" }),
    ]);
    expect(lines[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("leaves out lines under its level", () => {
    const { lines, logger } = memoryLogger("warn");
    logger.info("quiet");
    expect(lines).toEqual([]);
  });

  it("hides secrets at three depths, and keeps an error's stack", () => {
    const { lines, logger } = memoryLogger();
    logger.warn({ token: "hunter2", headers: { authorization: "hunter2" }, a: { b: { password: "hunter2" } } }, "x");
    logger.error({ error: new Error("boom") }, "y");
    expect(JSON.stringify(lines[0])).not.toContain("hunter2");
    expect(lines[1]?.["error"]).toMatchObject({
      message: "boom",
      stack: expect.stringContaining("telemetry.test") as string,
    });
  });
});

describe("a log line with a peer's words", () => {
  it("holds no character that steers a terminal, and has their value", () => {
    const written: string[] = [];
    const destination = { write: (text: string): void => void written.push(text) };
    const memo = "\u001b[2K\u009b31m\u202e\u2028\u007f\nfalse line";
    createLogger({ level: "info", name: "edge", destination }).info({ memo }, `refused: ${memo}`);
    expect(written).toHaveLength(1);
    expect(written[0]?.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(JSON.parse(written[0] ?? "")).toMatchObject({ memo, msg: `refused: ${memo}` });
  });
});

describe("createMetrics", () => {
  it("exposes what was counted, with the app's label and the process's own figures", async () => {
    const metrics = createMetrics("edge");
    metrics.counter("messages_total", "Messages", ["kind"]).inc({ kind: "payment" }, 2);
    metrics.observe("sockets", "Open sockets", () => 7);
    metrics.histogram("append_seconds", "Append").observe(0.003);
    const { text, contentType } = await metrics.expose();
    expect(contentType).toContain("text/plain");
    expect(text).toContain('p4_messages_total{kind="payment",app="edge"} 2');
    expect(text).toContain('p4_sockets{app="edge"} 7');
    expect(text).toContain('p4_append_seconds_bucket{le="0.005",app="edge"} 1');
    expect(text).toContain("process_cpu_seconds_total");
  });

  it("keeps two apps of one process apart", async () => {
    const [edge, payd] = [createMetrics("edge"), createMetrics("payd")];
    edge.counter("same_total", "Same").inc();
    payd.counter("same_total", "Same");
    expect((await payd.expose()).text).toContain('p4_same_total{app="payd"} 0');
  });
});

describe("Readiness", () => {
  it("is ready when every check is, and shows facts", async () => {
    const readiness = new Readiness();
    readiness.add("broker", () => ({ ok: true, facts: { durability: "fsync" } }));
    expect(await readiness.report()).toEqual({
      ready: true,
      checks: { broker: { ok: true, facts: { durability: "fsync" } } },
    });
  });

  it("is not ready when one check says no, throws, rejects or hangs, and names it", async () => {
    const readiness = new Readiness(20);
    readiness.add("no", () => ({ ok: false, detail: "lagging" }));
    readiness.add("throws", () => {
      throw new Error("gone");
    });
    readiness.add("rejects", () => Promise.reject(new Error("lost")));
    readiness.add("hangs", () => new Promise(() => undefined));
    const { ready, checks } = await readiness.report();
    expect(ready).toBe(false);
    expect(Object.values(checks).map((check) => check.detail)).toEqual([
      "lagging",
      "gone",
      "lost",
      "no answer within 20 ms",
    ]);
  });

  it("is not ready once it drains", async () => {
    const readiness = new Readiness();
    readiness.drain();
    expect(await readiness.report()).toEqual({
      ready: false,
      checks: { lifecycle: { ok: false, detail: "shutting down" } },
    });
  });
});

describe("operationsRoutes", () => {
  it("answers 200, 503 and the metrics page", async () => {
    const readiness = new Readiness();
    readiness.add("broker", () => ({ ok: false, detail: "unreachable" }));
    const [live, ready, page] = await Promise.all(
      operationsRoutes(readiness, createMetrics("edge")).map((route) => route.handle()),
    );
    expect(live?.status).toBe(200);
    expect(ready?.status).toBe(503);
    expect(JSON.parse(ready?.body ?? "")).toMatchObject({ checks: { broker: { detail: "unreachable" } } });
    expect(page?.body).toContain("nodejs_eventloop_lag_seconds");
  });
});
