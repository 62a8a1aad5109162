import { planClass, planCopy, planFailover, planReturn, planSwitch, type Plan, type RegionState } from "@p4/regions";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { createDeadlineStore } from "../deadline-store.ts";
import { createDocumentStore } from "../document-store.ts";
import { streamConfig } from "../ensure-stream.ts";
import { createEventLog } from "../event-log.ts";
import { findDrift, provision, provisionDocuments, type ProvisionOptions } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { performStep } from "./perform-step.ts";
import { surveyRegion } from "./survey-region.ts";

const region = "eu";
const settings: ProvisionOptions = {
  region,
  shards: 2,
  replicas: 1,
  retentionMs: 86_400_000,
  documents: { proofs: {}, index: {} },
};
const sites = useSites("a", "b");
const patient = { timeout: 60_000, interval: 50 };
const tails: string[] = [];
let brokers: Map<string, Broker>;
let a: Broker;
let b: Broker;

const log = (broker: Broker) => createEventLog(broker, settings);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Runs a command as an operator does: `parts` of its steps, or all. */
async function run(command: (state: RegionState) => Plan, parts = Infinity): Promise<Plan> {
  const plan = command(await surveyRegion(brokers, region));
  for (const step of plan.steps.slice(0, parts)) {
    await performStep(step, {
      region,
      sites: brokers,
      replicas: 1,
      async keepTail(_site, _tail, events) {
        for await (const { bytes } of events) tails.push(text(bytes));
      },
    });
  }
  return plan;
}

const append = (broker: Broker, channelId: string, eventId: string, expectedStreamVersion: number) =>
  log(broker).appendToStream({ channelId, eventId, bytes: new TextEncoder().encode(eventId), expectedStreamVersion });

async function read(broker: Broker, channelId: string): Promise<string[]> {
  return (await log(broker).readStream(channelId, { consistent: true })).map(({ bytes }) => text(bytes));
}

async function roles(): Promise<string[]> {
  const { sites: states } = await surveyRegion(brokers, region);
  return states.map(({ site, streams }) => `${site}: ${[...new Set(streams.map(({ role }) => role.kind))].join()}`);
}

beforeAll(async () => {
  a = await sites.connect("a");
  b = await sites.connect("b");
  brokers = new Map([
    ["a", a],
    ["b", b],
  ]);
  await provision(a, settings);
});

// One deployment's life, in order: each test goes on from the one before.
describe("a region on two real sites", () => {
  let version = 0;

  test("gets its first epoch and a copy, while a writer that knew none goes on", async () => {
    const writer = log(a);
    const write = async (eventId: string) => {
      const request = {
        channelId: "ch",
        eventId,
        bytes: new TextEncoder().encode(eventId),
        expectedStreamVersion: version,
      };
      version = (await writer.appendToStream(request)).nextExpectedStreamVersion;
    };
    await write("1");
    // The link between the sites may not be up yet.
    await vi.waitFor(() => run((state) => planCopy(state, "b")));
    await write("2");
    expect(await roles()).toEqual(["a: home", "b: copy"]);
    expect(await read(a, "ch")).toEqual(["1", "2"]);
    await expect(append(a, "ch", "stale", 1)).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
    // What a node wants of the streams when it starts is what they are now.
    expect(await findDrift(a, settings)).toEqual([]);
    await expect(provision(b, settings)).rejects.toMatchObject({ code: "STORE_HOME_MOVED" });
  });

  test("takes no write at its copy, over the link or directly", async () => {
    await expect(append(b, "ch", "there", version)).rejects.toMatchObject({ code: "STORE_HOME_MOVED" });
    await vi.waitFor(async () => expect(await read(b, "ch")).toEqual(["1", "2"]));
  });

  test("moves: the copy goes on with the origin's versions, the old home is a copy, and deadlines and documents came along", async () => {
    await createDocumentStore(a, { region, name: "proofs" }).put("tx", new Uint8Array([7]), 0);
    await createDeadlineStore(a, { region }).arm("due", 1_000);
    await run((state) => planSwitch(state, "b"));
    expect(await roles()).toEqual(["a: copy", "b: home"]);
    version = (await append(b, "ch", "3", version)).nextExpectedStreamVersion;
    expect(await read(b, "ch")).toEqual(["1", "2", "3"]);
    await expect(append(a, "ch", "old", version)).rejects.toMatchObject({ code: "STORE_HOME_MOVED" });
    expect((await createDocumentStore(b, { region, name: "proofs" }).get("tx"))?.bytes.at(0)).toBe(7);
    const elapsed: string[] = [];
    const watch = await createDeadlineStore(b, { region }).watchElapsed(async (channelId) => {
      elapsed.push(channelId);
      return { outcome: "done" };
    });
    await vi.waitFor(() => expect(elapsed).toEqual(["due"]));
    watch.unsubscribe();
    await watch.stopped;
    await provision(b, settings);
    expect(await findDrift(b, settings)).toEqual([]);
  });

  test("finishes a switch that was killed between the table and the promotion, with what a newer build has made since", async () => {
    const added = { region, replicas: 1, documents: { added: {} } };
    await provisionDocuments(b, added);
    await createDocumentStore(b, { region, name: "added" }).put("key", new Uint8Array([1]), 0);
    const upToTable = ["copy", "complete", "complete", "fence", "complete", "table"];
    const plan = await run((state) => planSwitch(state, "a"), upToTable.length);
    expect(plan.steps.slice(0, upToTable.length).map((step) => step.do)).toEqual(upToTable);
    await run((state) => planSwitch(state, "a"));
    expect((await createDocumentStore(a, { region, name: "added" }).get("key"))?.bytes.at(0)).toBe(1);
    await provisionDocuments(a, added);
    expect(await roles()).toEqual(["a: home", "b: copy"]);
    const { sites: states } = await surveyRegion(brokers, region);
    expect(states.map(({ row }) => row)).toEqual(
      [0, 1].map(() => expect.objectContaining({ epoch: 3, home: "a", copies: ["b"] })),
    );
    version = (await append(a, "ch", "4", version)).nextExpectedStreamVersion;
  });

  test("tells a second operator that the first one was there", async () => {
    const state = await surveyRegion(brokers, region);
    await run((now) => planClass(now, "sync"));
    const [step] = planClass(state, "none").steps;
    const options = { region, sites: brokers, replicas: 1, keepTail: async () => undefined };
    await expect(performStep(step as never, options)).rejects.toMatchObject({ code: "REGION_CONTESTED" });
  });

  test("drops and fences nothing that has become the home, or its copy, since the plan was made", async () => {
    const options = { region, sites: brokers, replicas: 1, keepTail: async () => undefined };
    const streams = ["P4_CHANNELS_eu_0"];
    const tails = [{ stream: "P4_CHANNELS_eu_0", afterSequence: 0, lastSequence: 1 }];
    const contested = { code: "REGION_CONTESTED" };
    const drop = (site: string) => performStep({ do: "drop", site, epoch: 3, streams }, options);
    await expect(drop("a")).rejects.toMatchObject(contested);
    await expect(drop("b")).rejects.toMatchObject(contested);
    const kept = performStep({ do: "export", site: "b", epoch: 3, tails }, options);
    await expect(kept).rejects.toMatchObject(contested);
    const late = { site: "a", streams } as const;
    await expect(performStep({ do: "fence", by: 2, ...late }, options)).rejects.toMatchObject(contested);
    await expect(performStep({ do: "promote", epoch: 2, ...late }, options)).rejects.toMatchObject(contested);
    expect(await roles()).toEqual(["a: home", "b: copy"]);
  });

  test("is taken over where its home is killed; the returning home's own events are written down, not merged", async () => {
    await vi.waitFor(async () => expect(await read(b, "ch")).toEqual(["1", "2", "3", "4"]));
    // What is stored from now on, only the home has.
    await sites.server("b").kill();
    await append(a, "ch", "only-at-a", version);
    await sites.server("a").kill();
    await sites.server("b").restart();
    await vi.waitFor(async () => expect((await surveyRegion(brokers, region)).sites[1]?.answers).toBe(true));
    await run((state) => planFailover(state, { to: "b", lost: "a", fenceReachable: false, outwaitMs: 0 }));
    await vi.waitFor(() => append(b, "ch", "5", version));
    await sites.server("a").restart();
    await vi.waitFor(async () => expect((await surveyRegion(brokers, region)).sites[0]?.answers).toBe(true));
    await run((state) => planReturn(state, "a"));
    expect(tails).toEqual(["only-at-a"]);
    expect(await roles()).toEqual(["a: copy", "b: home"]);
    const expected = ["1", "2", "3", "4", "5"];
    await vi.waitFor(async () => expect(await read(a, "ch")).toEqual(expected));
    expect(await read(b, "ch")).toEqual(expected);
    const home = await streamConfig(b, "P4_CHANNELS_eu_1");
    expect(home?.["metadata"]).toMatchObject({ "p4.epoch": "4" });
    // A copy takes no batches, a home does again, under the subjects of its epoch too.
    expect(home?.["allow_atomic"]).toBe(true);
    const names = Array.from({ length: 40 }, (_, i) => `grouped-${String(i)}`);
    const grouped = createEventLog(b, { region, shards: 2, groupCommit: "always" });
    await Promise.all(
      names.map((channelId) =>
        grouped.appendToStream({ channelId, eventId: "e", bytes: new Uint8Array(9), expectedStreamVersion: 0 }),
      ),
    );
    await vi.waitFor(async () => expect((await read(a, "grouped-39")).length).toBe(1));
  });

  test("goes on at its old home, where a switch was killed behind the table and the new home is gone", async () => {
    const { steps } = await run((state) => planSwitch(state, "a"), 4);
    expect(steps.slice(0, 5).map((step) => step.do)).toEqual(["complete", "fence", "complete", "table", "promote"]);
    await sites.server("a").kill();
    await vi.waitFor(async () => expect((await surveyRegion(brokers, region)).sites[0]?.answers).toBe(false), patient);
    const options = { to: "b", lost: "a", fenceReachable: false, outwaitMs: 0 };
    await expect(run((state) => planFailover(state, options))).rejects.toMatchObject({ code: "REGION_WOULD_LOSE" });
    await run((state) => planFailover(state, { ...options, acceptLoss: true }));
    const events = await log(b).readStream("ch", { consistent: true });
    await append(b, "ch", "6", events.at(-1)?.streamVersion ?? 0);
    expect((await streamConfig(b, "P4_CHANNELS_eu_1"))?.["metadata"]).toMatchObject({ "p4.epoch": "6" });
    await sites.server("a").restart();
    await vi.waitFor(() => run((state) => planReturn(state, "a")), patient);
    expect([tails, await roles()]).toEqual([["only-at-a"], ["a: copy", "b: home"]]);
    await vi.waitFor(async () => expect(await read(a, "ch")).toEqual(["1", "2", "3", "4", "5", "6"]), patient);
  });
});
