import { beforeAll, describe, expect, it } from "vitest";
import { merchant, otherTxid, paymentTxid } from "@p4/channel/testing";
import { createDocumentStore } from "@p4/nats";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (...args: readonly string[]) => runP4(args, { env: log.env });

interface Listed {
  readonly found: number;
  readonly channels: { readonly channelId: string; readonly state: string; readonly waitsFor: string | null }[];
}
const ids = ({ channels }: Listed): string[] => channels.map(({ channelId }) => channelId).toSorted();

beforeAll(async () => {
  const agoMs = Date.now() - 600_000;
  await log.record("fresh", said("RequestTerms"));
  await log.record("paying", said("OfferTerms"), said("SubmitPayment"));
  await log.record("other", said("OfferTerms"), said("SubmitPayment", { txid: otherTxid }));
  await log.record("left", said("RequestTerms", { nowMs: agoMs }));
  await log.record("torn");
  await log.appendRaw("torn", "{");
});

describe("p4 channels", () => {
  it("lists all that the log has, with who is waited for", async () => {
    const listed = (await p4("channels", "--json")).json<Listed>();
    expect(ids(listed)).toEqual(["fresh", "left", "other", "paying", "torn"]);
    expect(listed.channels.find(({ channelId }) => channelId === "paying")).toMatchObject({
      state: "awaitingAck",
      waitsFor: "merchant",
      txids: [paymentTxid],
    });
    expect((await p4("channels")).out).toMatch(/torn +damaged +LOG_EVENT_CORRUPT/);
  });

  it.each([
    { args: ["--txid", otherTxid.toUpperCase()], found: ["other"] },
    { args: ["--txid", otherTxid.slice(0, 8)], found: ["other"] },
    { args: ["--state", "awaitingTerms"], found: ["fresh", "left"] },
    { args: ["--state", "damaged"], found: ["torn"] },
    { args: ["--stuck"], found: ["left"] },
    { args: ["--stuck", "2h"], found: [] },
    { args: ["--since", "5m", "--state", "awaitingTerms"], found: ["fresh"] },
    { args: ["--until", "2020-01-01"], found: ["torn"] },
  ])("finds $found by $args", async ({ args, found }) => {
    expect(ids((await p4("channels", ...args, "--json")).json<Listed>())).toEqual(found);
  });

  it("finds what has happened since the last search", async () => {
    await log.record("later", said("OfferTerms"));
    expect(ids((await p4("channels", "--state", "awaitingPayment", "--json")).json<Listed>())).toEqual(["later"]);
    await log.node.registry.submit("later", said("SubmitPayment", { txid: "cc".repeat(32) }));
    const byTxid = (await p4("channels", "--txid", "cc".repeat(32), "--json")).json<Listed>();
    expect(byTxid.channels).toMatchObject([{ channelId: "later", state: "awaitingAck" }]);
  });

  it("tells amount and memo, and which wallets are connected to which node", async () => {
    const body = { outputs: [{ amount: 1_234, script: "6a" }], memo: "two teas" };
    const from = { ...merchant, nodeId: log.node.nodeId };
    await log.record("asked", said("OfferTerms", { body, from }));
    const { channels } = (await p4("channels", "--state", "awaitingPayment", "--json")).json<Listed>();
    const asked = channels.find(({ channelId }) => channelId === "asked");
    // The recorded log's node has no connections, and says so.
    expect(asked).toMatchObject({ satoshis: 1_234, memo: "two teas", connected: [], nodes: [] });
    expect((await p4("channels")).out).toMatch(/asked .* 1,234 .* two teas/);
  });

  it("says how many it has not shown", async () => {
    const { out } = await p4("channels", "--limit", "1");
    expect(out).toMatch(/1 of [567] channels; --limit [567] shows all/);
  });

  it("tells a transaction that was never submitted by its exit code", async () => {
    const { exitCode, json } = await p4("channels", "--txid", "00".repeat(32), "--json");
    expect([exitCode, json()]).toMatchObject([1, { error: { code: "TXID_UNKNOWN" } }]);
    expect((await p4("channels", "--txid", "abc")).exitCode).toBe(2);
  });

  it("gives no half answer when the broker stops in the middle", async () => {
    await log.nats.process.pause();
    const stopped = runP4(["channels", "--json"], { env: log.env });
    const { exitCode, out } = await stopped;
    log.nats.process.resume();
    expect([exitCode, JSON.parse(out)]).toMatchObject([3, { error: { code: "STORE_UNAVAILABLE" } }]);
  });
});

describe("p4 index rebuild", () => {
  it("makes the same index from the log, without what the log does not have", async () => {
    const before = (await p4("channels", "--json")).json<Listed>();
    const documents = createDocumentStore(log.node.broker, { region: "local", name: "index" });
    const ghost = new TextEncoder().encode(JSON.stringify({ ...before.channels[0], channelId: "ghost" }));
    await documents.set("channel.ghost", ghost);
    const { exitCode, json } = await p4("index", "rebuild", "--json");
    expect([exitCode, json()]).toMatchObject([0, { channels: before.found }]);
    expect(ids((await p4("channels", "--json")).json<Listed>())).toEqual(ids(before));
  });
});
