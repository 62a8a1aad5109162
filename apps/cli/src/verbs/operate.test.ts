import { setTimeout as delay } from "node:timers/promises";
import { stateName } from "@p4/channel";
import { join, metadata, stranger, wallet } from "@p4/channel/testing";
import { expirySweepMs } from "@p4/config";
import { describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (...args: readonly string[]) => runP4(args, { env: log.env });
const dayMs = 86_400_000;
const snapshotOf = async (channelId: string) => (await log.node.registry.read(channelId)).snapshot;

describe("p4 deadline extend", () => {
  it("gives a channel more time, by a duration or to a time", async () => {
    await log.record("short");
    const before = (await snapshotOf("short")).context.expiresAtMs;
    expect((await p4("deadline", "extend", "short", "2h", "--yes")).exitCode).toBe(0);
    expect((await snapshotOf("short")).context.expiresAtMs).toBe(before + 7_200_000);
    const expiresAt = new Date(Date.now() + 30 * dayMs).toISOString();
    const { json } = await p4("deadline", "extend", "short", expiresAt, "--yes", "--json");
    expect(json()).toMatchObject({ channelId: "short", outcome: "stored", expiresAt });
  });

  it("keeps a channel's end within what the log keeps, counted from its opening and by the log itself", async () => {
    await log.record("long");
    const { openedAtMs, expiresAtMs } = (await snapshotOf("long")).context;
    // This program's own setting says more than the log does.
    const env = { ...log.env, P4_LOG_RETENTION: "3650d" };
    const extend = (by: string) => runP4(["deadline", "extend", "long", by, "--yes", "--json"], { env });
    const latestMs = openedAtMs + 90 * dayMs - expirySweepMs;
    for (const by of ["90d", "200d", new Date(latestMs + 1).toISOString(), "2100-01-01"]) {
      const refused = await extend(by);
      const message = expect.stringMatching(/keeps events for 90 d.*P4_LOG_RETENTION.*long was opened/) as string;
      expect([refused.exitCode, refused.json()]).toMatchObject([1, { error: { code: "BAD_DEADLINE", message } }]);
    }
    expect((await snapshotOf("long")).context.expiresAtMs).toBe(expiresAtMs);
    expect((await extend(new Date(latestMs).toISOString())).exitCode).toBe(0);
    // Not the time that is left counts: a second step reaches no further.
    expect((await extend("1h")).exitCode).toBe(1);
  });

  it("cannot take time away", async () => {
    await log.record("kept");
    const { exitCode, err } = await p4("deadline", "extend", "kept", "2020-01-01", "--yes");
    expect(exitCode).toBe(1);
    expect(err).toContain("is no later than the deadline of kept");
  });
});

describe("p4 close", () => {
  it("asks, and changes nothing without a yes", async () => {
    await log.record("asked");
    const args = ["close", "asked", "--reason", "paid elsewhere"];
    expect((await runP4(args, { env: log.env })).exitCode).toBe(2);
    expect((await runP4(args, { env: log.env, answer: false })).exitCode).toBe(1);
    expect(stateName(await snapshotOf("asked"))).toBe("awaitingTermsRequest");
    const { exitCode, out } = await runP4(args, { env: log.env, answer: true });
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/asked is closed \(sequence \d+\)/)]);
    expect(stateName(await snapshotOf("asked"))).toBe("closed");
  });

  it("warns before it ends a channel with money in it", async () => {
    await log.record("waiting", wallet("OfferTerms"), wallet("SubmitPayment"));
    const refused = await runP4(["close", "waiting", "--reason", "x"], { env: log.env, answer: false });
    expect(refused.err).toContain("careful: a payment waits for the merchant's answer");
    await log.record("unpaid", wallet("OfferTerms"));
    expect((await p4("close", "unpaid", "--reason", "x", "--yes")).err).not.toContain("careful");
  });

  it("keeps the reason of more time", async () => {
    await log.record("slow");
    await p4("deadline", "extend", "slow", "1h", "--reason", "slow wallet", "--by", "ada", "--yes");
    expect((await p4("replay", "slow")).out).toContain("(ada: slow wallet)");
  });

  it("keeps who closed it and why, and a closed channel closed", async () => {
    await log.record("done");
    await p4("close", "done", "--reason", "dispute 7", "--by", "ada", "--yes");
    expect((await p4("replay", "done")).out).toContain("ada: dispute 7");
    const again = await p4("close", "done", "--reason", "again", "--yes");
    expect([again.exitCode, again.out]).toEqual([0, "done was closed already"]);
    expect((await p4("deadline", "extend", "done", "1h", "--yes")).exitCode).toBe(1);
  });

  it.each([
    ["close", "unknown", "--reason", "x", "--yes"],
    ["deadline", "extend", "unknown", "1h", "--yes"],
  ])("%s opens no channel that is not there", async (...args) => {
    const { exitCode, err } = await p4(...args);
    expect(exitCode).toBe(1);
    expect(err).toContain("no channel unknown");
    expect(stateName(await snapshotOf("unknown"))).toBe("unopened");
    expect((await log.node.registry.read("unknown")).streamVersion).toBe(0);
  });
});

describe("p4 tail", () => {
  it("prints what is stored from now on, as far as it is wanted", async () => {
    await log.record("heard");
    const interrupt = new AbortController();
    const heard: object[] = [];
    const onLine = (line: string): void => {
      heard.push(JSON.parse(line) as object);
      interrupt.abort();
    };
    const tail = runP4(
      ["tail", "--channel", "heard", "--from", "merchant", "--message", "paymentrequest.response", "--json"],
      {
        env: log.env,
        signal: interrupt.signal,
        onLine,
      },
    );
    const speak = async (): Promise<void> => {
      const nowMs = Date.now();
      const opening = join(stranger, { channelId: "unheard", metadata: metadata(nowMs), expiresAtMs: nowMs + 60_000 });
      await log.node.registry.submit("unheard", opening);
      await log.node.registry.submit("heard", said("RequestTerms"));
      await log.node.registry.submit("heard", said("OfferTerms"));
    };
    // Until it listens: what is stored before is not its business.
    const speaking = (async () => {
      for (; !interrupt.signal.aborted; await delay(50)) await speak();
    })();
    await Promise.all([tail, speaking]);
    // More than one where it was spoken again meanwhile.
    const wanted = { channelId: "heard", what: "paymentrequest.response", from: "merchant" };
    expect(heard).toMatchObject(heard.map(() => wanted));
    expect(heard).not.toEqual([]);
  });

  it("can begin with the oldest event, and shows a damaged one as what it is", async () => {
    await log.record("torn");
    await log.appendRaw("torn", "{");
    const interrupt = new AbortController();
    const heard: string[] = [];
    const onLine = (line: string): void => {
      heard.push((JSON.parse(line) as { what: string }).what);
      if (heard.length === 2) interrupt.abort();
    };
    await runP4(["tail", "--begin", "--channel", "torn", "--json"], { env: log.env, signal: interrupt.signal, onLine });
    expect(heard).toEqual(["join", "LOG_EVENT_CORRUPT"]);
  });
});
