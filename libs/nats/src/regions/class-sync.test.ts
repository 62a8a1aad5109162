import { STREAM_DOES_NOT_EXIST, type EventLog, type LiveEvent, type LiveFeed } from "@p4/event-store";
import { planClass, planCopy, planFailover, type Plan, type RegionState } from "@p4/regions";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { createEventLog } from "../event-log.ts";
import { createLiveFeed } from "../live-feed.ts";
import { provision } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { withCopies } from "./copied-ports.ts";
import { followCopies, type FollowedCopies } from "./follow-copies.ts";
import { performStep } from "./perform-step.ts";
import { surveyCopies } from "./survey-copies.ts";
import { surveyRegion } from "./survey-region.ts";
import { watchHome, type HomeWatch } from "./watch-home.ts";
import { WriteEpochs } from "./write-epochs.ts";

const region = "eu";
const settings = { region, shards: 2, replicas: 1, retentionMs: 86_400_000 };
const sites = useSites("a", "b");
const patient = { timeout: 60_000, interval: 20 };
let brokers: Map<string, Broker>;
const ended: (() => void)[] = [];
afterAll(() => ended.forEach((end) => end()));

async function run(command: (state: RegionState) => Plan, lost: readonly string[] = []): Promise<void> {
  const asked = new Map([...brokers].map(([name, broker]) => [name, lost.includes(name) ? null : broker]));
  const options = { region, sites: asked, replicas: 1, keepTail: () => Promise.resolve() };
  for (const step of command(await surveyRegion(asked, region)).steps) await performStep(step, options);
}

interface Node {
  readonly home: HomeWatch;
  readonly copies: FollowedCopies;
  readonly log: EventLog;
  readonly feed: LiveFeed;
}

/** As a node at a site has them. */
function node(site: string): Node {
  const broker = brokers.get(site) as Broker;
  const copies = followCopies(broker, settings);
  const home = watchHome(broker, { region, onConfirmers: (confirmers, isHome) => copies.require(confirmers, isHome) });
  const epochs = new WriteEpochs({ onHomeMoved: () => home.ask() });
  const ports = { log: createEventLog(broker, { ...settings, epochs }), feed: createLiveFeed(broker, settings) };
  ended.push(
    () => home.stop(),
    () => copies.stop(),
  );
  return { home, copies, ...withCopies(ports, copies.gate, settings.shards) };
}

const request = (channelId: string, eventId: string, expectedStreamVersion: number) => ({
  channelId,
  eventId,
  bytes: new TextEncoder().encode(eventId),
  expectedStreamVersion,
});

let atHome: Node;
beforeAll(async () => {
  brokers = new Map([
    ["a", await sites.connect("a")],
    ["b", await sites.connect("b")],
  ]);
  await provision(brokers.get("a") as Broker, settings);
  await vi.waitFor(() => run((state) => planCopy(state, "b")), patient);
  await createEventLog(brokers.get("a") as Broker, settings).appendToStream(request("old", "1", STREAM_DOES_NOT_EXIST));
  await run((state) => planClass(state, "sync"));
  atHome = node("a");
  await vi.waitFor(() => expect([atHome.home.confirmers, atHome.home.copyClass]).toEqual([["b"], "sync"]), patient);
}, 120_000);

test("what was stored before is known to be at the copy without another word of it", async () => {
  await expect(atHome.log.readStream("old")).resolves.toHaveLength(1);
});

test("while the copy is silent nothing is acknowledged, delivered or read; then all of it is, in order", async () => {
  const heard: LiveEvent[] = [];
  const subscription = atHome.feed.subscribe("ch", (event) => heard.push(event));
  await atHome.feed.settled();
  const first = await atHome.log.appendToStream(request("ch", "1", STREAM_DOES_NOT_EXIST));
  await vi.waitFor(() => expect(heard).toHaveLength(1), patient);
  await sites.server("b").pause();
  try {
    const refused = { code: "STORE_NOT_COPIED", retryable: true };
    const second = request("ch", "2", first.nextExpectedStreamVersion);
    await expect(atHome.log.appendToStream(second)).rejects.toMatchObject(refused);
    await expect(atHome.log.readStream("ch")).rejects.toMatchObject(refused);
    // The home has it, and says so to who asks for no promise.
    const stored = await createEventLog(brokers.get("a") as Broker, settings).readStream("ch");
    expect([stored.length, heard.length]).toEqual([2, 1]);
  } finally {
    sites.server("b").resume();
  }
  await vi.waitFor(() => expect(heard).toHaveLength(2), patient);
  const again = await atHome.log.appendToStream(request("ch", "2", first.nextExpectedStreamVersion));
  expect([again.duplicate, again.nextExpectedStreamVersion]).toEqual([true, heard[1]?.streamVersion]);
  await expect(atHome.log.readStream("ch")).resolves.toHaveLength(2);
  subscription.unsubscribe();
}, 120_000);

test("a word of the copy that was lost is asked for", async () => {
  const { gate } = atHome.copies;
  const shard = 0;
  const confirm = vi.spyOn(gate, "confirm");
  const done = vi.fn();
  const { lastSequence } =
    (await surveyRegion(brokers, region)).sites[0]?.streams.find(({ stream }) => stream.endsWith("_0")) ?? {};
  gate.require([]);
  gate.require(["b"]);
  // No subscription, no first question: only what waits leads to one.
  gate.whenCopied(shard, lastSequence ?? 0, done);
  await vi.waitFor(() => expect(done).toHaveBeenCalled(), patient);
  expect(confirm).toHaveBeenCalledWith("b", shard, lastSequence);
  confirm.mockRestore();
});

const copiesOf = () => surveyCopies(brokers.get("a") as Broker, { ...settings, sites: ["a", "b", "nowhere"] });
const away = { is: "away", ageMs: null, behind: null, missing: 0 };

test("the home asks how far the other sites' copies are, and which sites do not answer", async () => {
  const fresh = { site: "b", is: "copy", ageMs: expect.any(Number) as number, behind: 0, missing: 0 };
  await vi.waitFor(async () => expect(await copiesOf()).toEqual([fresh, { site: "nowhere", ...away }]), patient);
  await sites.server("b").pause();
  try {
    expect(await copiesOf()).toEqual(["b", "nowhere"].map((site) => ({ site, ...away })));
  } finally {
    sites.server("b").resume();
  }
  await vi.waitFor(async () => expect((await copiesOf())[0]).toEqual(fresh), patient);
  expect(await surveyCopies(brokers.get("a") as Broker, { ...settings, sites: [] })).toEqual([]);
}, 120_000);

test("when an operator lowers the class, what waits goes on without the copy", async () => {
  const { nextExpectedStreamVersion } = await atHome.log.appendToStream(request("low", "1", STREAM_DOES_NOT_EXIST));
  await sites.server("b").pause();
  try {
    const waiting = atHome.log
      .appendToStream(request("low", "2", nextExpectedStreamVersion))
      .catch((error) => error as unknown);
    await expect(waiting).resolves.toMatchObject({ code: "STORE_NOT_COPIED" });
    await run((state) => planClass(state, "async"), ["b"]);
    await vi.waitFor(() => expect([atHome.home.confirmers, atHome.home.copyClass]).toEqual([[], "async"]), patient);
    await expect(atHome.log.readStream("low")).resolves.toHaveLength(2);
  } finally {
    sites.server("b").resume();
  }
  await run((state) => planClass(state, "sync"));
  await vi.waitFor(() => expect(atHome.home.confirmers).toEqual(["b"]), patient);
}, 120_000);

test("a copy that was promoted confirms nothing to the home that it has left", async () => {
  const { nextExpectedStreamVersion: version } = await atHome.log.appendToStream(
    request("lost", "1", STREAM_DOES_NOT_EXIST),
  );
  await run((state) => planFailover(state, { to: "b", lost: "a", fenceReachable: false, outwaitMs: 0 }), ["a"]);
  const atB = node("b");
  await vi.waitFor(() => expect(atB.home.state).toMatchObject({ kind: "here", epoch: 2 }), patient);
  // The new home goes on from the same event. It has no copy, so nothing is promised.
  expect([atB.home.confirmers, atB.home.copyClass]).toEqual([[], "none"]);
  await atB.log.appendToStream(request("lost", "at-b", version));
  const stale = request("lost", "at-a", version);
  await expect(atHome.log.appendToStream(stale)).rejects.toMatchObject({ retryable: true });
  expect((await copiesOf())[0]).toMatchObject({ site: "b", is: "other", behind: null });
}, 120_000);
