import { STREAM_DOES_NOT_EXIST, type EventLog } from "@p4/event-store";
import { planClass, planCopy, type Plan, type RegionState } from "@p4/regions";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { connectBroker } from "../connect-broker.ts";
import { createEventLog } from "../event-log.ts";
import { createLiveFeed } from "../live-feed.ts";
import { provision } from "../provision.ts";
import { useGatedSites } from "../test-support/use-sites.ts";
import { withCopies } from "./copied-ports.ts";
import { followCopies } from "./follow-copies.ts";
import { guardSite, type GuardedState } from "./guard-site.ts";
import { performStep } from "./perform-step.ts";
import { ServerGate } from "./server-gate.ts";
import { surveyRegion } from "./survey-region.ts";
import { watchHome } from "./watch-home.ts";
import { WriteEpochs } from "./write-epochs.ts";

const region = "eu";
const settings = { region, shards: 1, replicas: 1, retentionMs: 86_400_000 };
const names = ["a", "b"];
const sites = useGatedSites(...names);
const patient = { timeout: 60_000, interval: 20 };
const ended: (() => unknown)[] = [];
let brokers: Map<string, Broker>;
let log: EventLog;

const at = (site: string): Broker => brokers.get(site) as Broker;

async function run(command: (state: RegionState) => Plan): Promise<void> {
  const options = { region, sites: brokers, replicas: 1, keepTail: () => Promise.resolve() };
  for (const step of command(await surveyRegion(brokers, region)).steps) await performStep(step, options);
}

/** As `p4 region guard` runs it at site a. Resolves when its gate is as wanted, with the function that ends it. */
async function guarded(gate: GuardedState["gate"], alone = false): Promise<() => Promise<void>> {
  const broker = await connectBroker({ url: sites.server("a").url, name: "p4-guard", thisServerOnly: true });
  const states: GuardedState[] = [];
  const stopping = new AbortController();
  const options = { broker, region, sites: names, gate: new ServerGate(sites.files("a")), alone };
  const ending = guardSite({ ...options, onChange: (state) => states.push(state) }, { signal: stopping.signal });
  await vi.waitFor(() => expect(states.at(-1)).toMatchObject({ gate }), patient);
  return async () => {
    stopping.abort();
    await ending;
    await broker.close();
  };
}

const append = (channelId: string) =>
  log.appendToStream({
    channelId,
    eventId: "1",
    bytes: new Uint8Array(8),
    expectedStreamVersion: STREAM_DOES_NOT_EXIST,
  });

/** What the home itself holds of a channel, whatever is promised. */
const storedAtHome = async (channelId: string): Promise<number> =>
  (await createEventLog(at("a"), settings).readStream(channelId)).length;

beforeAll(async () => {
  brokers = new Map(await Promise.all(names.map(async (name) => [name, await sites.connect(name)] as const)));
  await provision(at("a"), settings);
  await vi.waitFor(() => run((state) => planCopy(state, "b")), patient);
  await run((state) => planClass(state, "sync"));
  const copies = followCopies(at("a"), settings);
  const home = watchHome(at("a"), { region, onConfirmers: (confirmers, isHome) => copies.require(confirmers, isHome) });
  const epochs = new WriteEpochs({ onHomeMoved: () => home.ask() });
  const ports = { log: createEventLog(at("a"), { ...settings, epochs }), feed: createLiveFeed(at("a"), settings) };
  ({ log } = withCopies(ports, copies.gate, settings.shards));
  ended.push(
    () => home.stop(),
    () => copies.stop(),
  );
  await vi.waitFor(() => expect(home.confirmers).toEqual(["b"]), patient);
}, 120_000);

afterAll(async () => {
  sites.server("b").resume();
  for (const end of ended.toReversed()) await end();
});

test("a home that boots without its copy stores nothing while its gate is shut, and acknowledges nothing behind an open one", async () => {
  const notCopied = { code: "STORE_NOT_COPIED", retryable: true };
  let endGuard = await guarded("open");
  await append("before");
  await sites.server("b").pause();
  await expect(append("waits")).rejects.toMatchObject(notCopied);
  expect(await storedAtHome("waits")).toBe(1);
  await endGuard();

  await sites.server("a").kill();
  await sites.server("a").restart();
  await vi.waitFor(() => expect(at("a").ready()).toBe(true), patient);
  endGuard = await guarded("shut");
  ended.push(() => endGuard());
  await expect(append("shut")).rejects.toMatchObject({ code: "STORE_LEASE_OVER", retryable: true });
  expect(await storedAtHome("shut")).toBe(0);
  // What it had stored before is no more certain for the boot.
  await expect(log.readStream("waits")).rejects.toMatchObject(notCopied);

  // An operator vouches for the other site's silence, which makes no copy of anything.
  await endGuard();
  endGuard = await guarded("open", true);
  await expect(append("vouched")).rejects.toMatchObject(notCopied);
  expect(await storedAtHome("vouched")).toBe(1);

  sites.server("b").resume();
  await vi.waitFor(() => expect(log.readStream("waits")).resolves.toHaveLength(1), patient);
  await vi.waitFor(() => expect(append("vouched")).resolves.toMatchObject({ duplicate: true }), patient);
}, 180_000);
