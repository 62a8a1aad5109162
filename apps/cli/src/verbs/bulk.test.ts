import { stateName } from "@p4/channel";
import { beforeAll, describe, expect, it } from "vitest";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const p4 = (...args: readonly string[]) => runP4([...args, "--json"], { env: log.env });
const states = async (...channelIds: readonly string[]) =>
  Promise.all(channelIds.map(async (channelId) => stateName((await log.node.registry.read(channelId)).snapshot)));
const expiresAtMs = async (channelId: string) => (await log.node.registry.read(channelId)).snapshot.context.expiresAtMs;

beforeAll(async () => {
  for (const id of ["asked-1", "asked-2", "asked-3"]) await log.record(id, said("RequestTerms"));
  await log.record("offered", said("OfferTerms"));
  await log.record("paid", said("OfferTerms"), said("SubmitPayment"));
});

describe("verbs for many channels", () => {
  const close = ["close", "--reason", "stale", "--state", "awaitingTerms"];

  it("list with --dry-run, and ask before they change something", async () => {
    const { exitCode, json } = await p4(...close, "--dry-run");
    expect([exitCode, json()]).toMatchObject([0, { chosen: 3, dryRun: true }]);
    expect((await p4(...close)).exitCode).toBe(2);
    expect((await runP4(close, { env: log.env, answer: false })).exitCode).toBe(1);
    expect(new Set(await states("asked-1", "asked-2", "asked-3"))).toEqual(new Set(["awaitingTerms"]));
  });

  it("move the deadlines of all to one moment, once", async () => {
    const extend = ["deadline", "extend", "5h", "--state", "awaitingTerms", "awaitingPayment", "--yes"];
    expect((await p4(...extend)).json()).toMatchObject({ chosen: 4, done: 4, failed: [] });
    const moved = await expiresAtMs("asked-1");
    expect(moved).toBe(await expiresAtMs("offered"));
    const again = await p4(...extend.map((word) => (word === "5h" ? new Date(moved).toISOString() : word)));
    expect(again.json()).toMatchObject({ chosen: 4, done: 0, unchanged: 4 });
    const beyond = await p4("deadline", "extend", "2100-01-01", "--state", "awaitingPayment", "--yes");
    expect([beyond.exitCode, beyond.json()]).toMatchObject([
      1,
      { done: 0, failed: [{ channelId: "offered", code: "BAD_DEADLINE" }] },
    ]);
  });

  it("close what is chosen and nothing else, and go on where they were interrupted", async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const cut = await runP4([...close, "--yes"], { env: log.env, signal: interrupt.signal });
    expect(cut.exitCode).toBe(130);
    await log.node.registry.submit("asked-2", said("OfferTerms"));
    expect((await p4(...close, "--until", "2020-01-01", "--yes")).json()).toMatchObject({ chosen: 0 });
    expect((await p4(...close, "--yes")).json()).toMatchObject({ chosen: 2, done: 2, failed: [] });
    expect(await states("asked-1", "asked-2", "asked-3", "offered")).toEqual([
      "closed",
      "awaitingPayment",
      "closed",
      "awaitingPayment",
    ]);
    expect((await p4(...close, "--yes")).json()).toMatchObject({ chosen: 0, done: 0 });
  });

  it("warn of money in the channels that they would end", async () => {
    const args = ["close", "--reason", "x", "--state", "awaitingAck"];
    const { err } = await runP4(args, { env: log.env, answer: false });
    expect(err).toContain("careful: of 1 channel: a payment waits for the merchant's answer");
  });

  it("judge stored proofs again: a channel without one is left as it is", async () => {
    const { exitCode, json } = await p4("proof", "requeue", "--state", "awaitingAck", "--yes");
    expect([exitCode, json()]).toMatchObject([0, { chosen: 1, unchanged: 1 }]);
  });

  it.each([
    [["close", "--reason", "x"], /name one, or many/],
    [["close", "--reason", "x", "asked-1", "--state", "awaitingTerms"], /not both/],
    [["close", "--reason", "x", "asked-1", "--until", "1h"], /give --state too/],
    [["deadline", "extend", "asked-1"], /by how much/],
    [["deadline", "extend", "asked-1", "2h", "--state", "awaitingTerms"], /not both/],
    [["deadline", "extend", "soon", "--state", "awaitingTerms"], /It must be 30m/],
  ])("refuse what is unclear: %s", async (args, message) => {
    const { exitCode, err } = await runP4(args, { env: log.env, answer: true });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(message)]);
  });
});
