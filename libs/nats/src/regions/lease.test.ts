import { planCopy, planFailover, type Plan, type RegionState } from "@p4/regions";
import { beforeAll, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { createEventLog } from "../event-log.ts";
import { provision } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { userPermissions } from "../user-permissions.ts";
import { performStep } from "./perform-step.ts";
import { readTable } from "./region-table.ts";
import { surveyRegion } from "./survey-region.ts";
import { watchHome, type HomeWatch } from "./watch-home.ts";
import { WriteEpochs } from "./write-epochs.ts";

const region = "eu";
const settings = { region, shards: 1, replicas: 1, retentionMs: 86_400_000 };
const names = ["a", "b", "w"];
const sites = useSites(...names);
const patient = { timeout: 60_000, interval: 50 };
let brokers: Map<string, Broker>;

async function run(command: (state: RegionState) => Plan, lost: readonly string[] = []): Promise<void> {
  const asked = new Map([...brokers].map(([name, broker]) => [name, lost.includes(name) ? null : broker]));
  const options = { region, sites: asked, replicas: 1, keepTail: () => Promise.resolve() };
  for (const step of command(await surveyRegion(asked, region)).steps) await performStep(step, options);
}

/** Appends all the time, as a node does, and remembers when each was acknowledged. */
function writer(broker: Broker, channelId: string, home: HomeWatch) {
  const epochs = new WriteEpochs({ onHomeMoved: () => home.ask(), leaseLeftMs: (epoch) => home.leaseLeftMs(epoch) });
  const log = createEventLog(broker, { ...settings, epochs });
  const acknowledgedMs: number[] = [];
  const refusals = new Set<string>();
  let isStopped = false;
  const ended = (async () => {
    for (let n = 1, expectedStreamVersion = 0; !isStopped; n++) {
      const request = { channelId, eventId: String(n), bytes: new Uint8Array(8), expectedStreamVersion };
      try {
        ({ nextExpectedStreamVersion: expectedStreamVersion } = await log.appendToStream(request));
        acknowledgedMs.push(performance.now());
      } catch (error) {
        refusals.add((error as { code: string }).code);
        n--;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return {
    acknowledgedMs,
    refusals,
    stop: () => {
      isStopped = true;
      return ended;
    },
  };
}

beforeAll(async () => {
  brokers = new Map(await Promise.all(names.map(async (name) => [name, await sites.connect(name)] as const)));
  const a = brokers.get("a") as Broker;
  await provision(a, settings);
  await vi.waitFor(() => run((state) => planCopy(state, "b")), patient);
}, 120_000);

test("a home that is cut off acknowledges nothing after its lease, and goes on when it is confirmed again", async () => {
  const home = watchHome(brokers.get("a") as Broker, { ...settings, sites: names });
  const load = writer(brokers.get("a") as Broker, "cut", home);
  try {
    await vi.waitFor(() => expect(load.acknowledgedMs.length).toBeGreaterThan(3), patient);
    await vi.waitFor(() => expect(home.state).toMatchObject({ kind: "here" }), patient);
    // One of the others is enough: what this one has said counts no more after 4 s.
    await sites.server("b").pause();
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    const withOne = load.acknowledgedMs.length;
    await vi.waitFor(() => expect(load.acknowledgedMs.length).toBeGreaterThan(withOne), patient);
    // Until the sites had first answered, or while they were slow to.
    load.refusals.clear();
    await sites.server("w").pause();
    const cutMs = performance.now();
    await vi.waitFor(() => expect([...load.refusals]).toContain("STORE_LEASE_OVER"), patient);
    await vi.waitFor(() => expect(home.state).toEqual({ kind: "unconfirmed", epoch: 1 }), patient);
    const before = load.acknowledgedMs.length;
    expect(home.trouble).toContain("too few sites");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(load.acknowledgedMs).toHaveLength(before);
    // Counted from the last question that was answered, so before the cut; the rest is for a machine that is slow to tell.
    expect((load.acknowledgedMs.at(-1) ?? 0) - cutMs).toBeLessThan(4_000 + 1_000);
    ["b", "w"].forEach((name) => sites.server(name).resume());
    await vi.waitFor(() => expect(load.acknowledgedMs.length).toBeGreaterThan(before), patient);
    await vi.waitFor(() => expect(home.state).toEqual({ kind: "here", epoch: 1 }), patient);
  } finally {
    ["b", "w"].forEach((name) => sites.server(name).resume());
    await load.stop();
    home.stop();
  }
}, 120_000);

test("a home that was given up takes no append when it is back, and no stale writer either", async () => {
  const a = brokers.get("a") as Broker;
  const home = watchHome(a, { ...settings, sites: names });
  const load = writer(a, "back", home);
  try {
    await vi.waitFor(() => expect(load.acknowledgedMs.length).toBeGreaterThan(3), patient);
    await sites.server("a").pause();
    const stoppedMs = performance.now();
    // The copy may have lost its link in the test before.
    await vi.waitFor(async () => {
      const { sites: found } = await surveyRegion(new Map([["b", brokers.get("b") as Broker]]), region);
      expect(found[0]?.answers).toBe(true);
    }, patient);
    await run((state) => planFailover(state, { to: "b", lost: "a", fenceReachable: false, outwaitMs: 0 }), ["a"]);
    sites.server("a").resume();
    await vi.waitFor(async () => expect((await readTable(a, "b", region)).row?.home).toBe("b"), patient);
    await vi.waitFor(() => expect(home.state).toEqual({ kind: "unconfirmed", epoch: 1 }), patient);
    const late = load.acknowledgedMs.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(load.acknowledgedMs).toHaveLength(late);
    expect((load.acknowledgedMs.at(-1) ?? 0) - stoppedMs).toBeLessThan(4_000 + 1_000);
    await expect(readTable(a, "w", region)).resolves.toMatchObject({ row: { epoch: 2, home: "b" } });
  } finally {
    sites.server("a").resume();
    await load.stop();
    home.stop();
  }
}, 120_000);

test("programs may read the tables of all sites, from each of them, and ask what copies of the log have", () => {
  const { edge, payd } = userPermissions(region, 1, ["a", "b"]);
  for (const { publish } of [edge, payd]) {
    const tables = publish.filter((subject) => subject.includes("STREAM.MSG.GET.KV_P4_SITE_HOMES"));
    // At its own site a question loses the site's name before the server looks at the permissions.
    expect(tables).toEqual([
      "$JS.API.STREAM.MSG.GET.KV_P4_SITE_HOMES_a",
      "$JS.API.STREAM.MSG.GET.KV_P4_SITE_HOMES_b",
      "$JS.a.API.STREAM.MSG.GET.KV_P4_SITE_HOMES_a",
      "$JS.b.API.STREAM.MSG.GET.KV_P4_SITE_HOMES_b",
    ]);
  }
  const elsewhere = (publish: readonly string[]) => publish.filter((subject) => /^\$JS\.[ab]\./.test(subject));
  expect(elsewhere(payd.publish)).toHaveLength(2);
  expect(elsewhere(edge.publish)).toEqual([
    "$JS.a.API.STREAM.INFO.P4_CHANNELS_eu_0",
    "$JS.a.API.STREAM.MSG.GET.KV_P4_SITE_HOMES_a",
    "$JS.b.API.STREAM.INFO.P4_CHANNELS_eu_0",
    "$JS.b.API.STREAM.MSG.GET.KV_P4_SITE_HOMES_b",
  ]);
  expect(edge.subscribe).toEqual(expect.arrayContaining(["p4.eu.*.copied.a.*", "p4.eu.*.copied.b.*"]));
});

test("a deployment whose sites do not include the broker's own one is refused", () => {
  expect(() => watchHome(brokers.get("a") as Broker, { ...settings, sites: ["x", "y", "z"] })).toThrow(
    expect.objectContaining({ code: "REGION_UNKNOWN_SITE" }) as Error,
  );
});
