import { loadConfig } from "@p4/config";
import { allChecks, httpBaseOf, runChecks, type CheckResult, type Target } from "@p4/conformance";
import type { Dialect } from "@p4/protocol";
import { createLogger } from "@p4/telemetry";
import { withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEdge, type Edge } from "./start-edge.ts";
import { startBrokenServer, type Fault } from "./test-support/broken-server/broken-server.ts";
import { keyOf, timeText, withHeader } from "./test-support/broken-server/frame-texts.ts";
import { exposureOf, faults } from "./test-support/broken-server/faults.ts";
import { connectTcp } from "./test-support/connect-tcp.ts";

const nats = withNatsServer();
/** Rows that cannot be observed from outside: in the card, never with a verdict. */
const invisible = ["units", "drain", "memory"];
let open: Edge;
let merchantFirst: Edge;

beforeAll(async () => {
  open = await start({});
  merchantFirst = await start({ P4_JOIN_POLICY: "merchant-first" });
});

afterAll(() => Promise.all([open.close(), merchantFirst.close()]));

function start(settings: Record<string, string>): Promise<Edge> {
  const config = loadConfig({
    P4_PORT: "0",
    P4_SHARDS: "2",
    P4_LOG_LEVEL: "silent",
    ...settings,
  });
  return startEdge({
    config,
    logger: createLogger({ level: "silent", name: "edge" }),
    natsUrl: nats.url,
    admission: { maxWaitMs: 30_000, overloadedAfterMs: 30_000 },
  });
}

function targetAt(port: number, dialect: Dialect): Target {
  const socketBase = `ws://127.0.0.1:${port}/ws`;
  return { socketBase, httpBase: httpBaseOf(socketBase), dialect };
}

/** One check against the real server with a fault. */
async function check(id: string, fault: Fault, dialect: Dialect, waitMs: number): Promise<CheckResult> {
  const server = await startBrokenServer(open.port, fault);
  const { results } = await runChecks({ target: targetAt(server.port, dialect), connectTcp, waitMs, only: [id] });
  await server.close();
  return results[0]!;
}

describe("The conformance kit against this server", () => {
  it.each<[Dialect, string, string[]]>([
    ["p4", "open", ["unknown-channel-404", "internal-is-dpp"]],
    ["dpp", "merchant-first", []],
  ])(
    "passes every check: %s, %s",
    async (dialect, policy, unseen) => {
      const { port } = policy === "open" ? open : merchantFirst;
      const { results, percent } = await runChecks({ target: targetAt(port, dialect), connectTcp, waitMs: 30_000 });
      expect(results.filter(({ outcome }) => outcome === "fail")).toEqual([]);
      expect(results.map(({ id }) => id)).toEqual(allChecks.map(({ id }) => id));
      const skipped = results.filter(({ outcome }) => outcome === "skip").map(({ id }) => id);
      expect(skipped.sort()).toEqual(["channel-expires", ...invisible, ...unseen].sort());
      expect(percent).toBe(100);
      // All checks, one after the other.
    },
    300_000,
  );
});

describe("The conformance kit against a server with one fault", () => {
  it("has a fault for every check that can be seen from outside, and no fault for nothing", () => {
    const seen = allChecks.filter(({ id }) => !invisible.includes(id));
    expect(seen.filter(({ id }) => exposureOf(id) === undefined)).toEqual([]);
    expect(new Set(seen.map(({ id }) => exposureOf(id)?.fault))).toEqual(new Set(Object.keys(faults)));
  });

  const visible = allChecks.filter(({ id }) => !invisible.includes(id));
  it.concurrent.each(visible)("$id fails, and says why", async ({ id, dialects }) => {
    const { fault, because } = exposureOf(id)!;
    const attempt = (waitMs: number) => check(id, faults[fault](), dialects?.[0] ?? "p4", waitMs);
    let result = await attempt(500);
    // What comes too late on a busy machine is waited for longer than in earnest.
    if (!because.test(result.reason ?? "")) result = await attempt(10_000);
    expect(result).toMatchObject({ outcome: "fail", reason: expect.stringMatching(because) });
  });

  it("channel-expires passes where channels end in time", async () => {
    const server = shortLived();
    expect(await check("channel-expires", server, "p4", 30_000)).toMatchObject({ outcome: "pass" });
  });

  it("waits for the end of what is said before it says that something was not said again", async () => {
    const result = await check("duplicate-payment", slowAndTwice(), "p4", 30_000);
    expect(result).toMatchObject({
      outcome: "fail",
      reason: expect.stringMatching(/payments that the merchant heard is 2/),
    });
  });
});

/** Channels that live for a second and a half, and until their payment has an outcome. */
function shortLived(): Fault {
  const ends = new Map<string, number>();
  return {
    socket: {
      fromServer: (text, socket) => {
        const key = keyOf(text);
        if (key === "join.success") {
          const endsMs = ends.get(socket.channelId) ?? Date.now() + 1_500;
          ends.set(socket.channelId, endsMs);
          return socket.toClient(withHeader(text, "x-channel-expires", timeText(endsMs)));
        }
        socket.toClient(text);
        if (key !== "payment.ack") return;
        setTimeout(
          () => {
            for (const each of socket.all) {
              if (each.channelId !== socket.channelId) continue;
              each.toClient(text.replace(key, "channel.expired"));
              each.close(4000);
            }
          },
          (ends.get(socket.channelId) ?? 0) - Date.now(),
        );
      },
    },
  };
}

/** Brings payments a second time, late, and later still what it refuses. */
function slowAndTwice(): Fault {
  const lateMs: Record<string, number> = { payment: 1_000, error: 1_500 };
  return {
    socket: {
      fromServer: (text, socket) => {
        const key = keyOf(text) ?? "";
        if (key !== "error") socket.toClient(text);
        if (key in lateMs) setTimeout(() => socket.toClient(text), lateMs[key]);
      },
    },
  };
}
