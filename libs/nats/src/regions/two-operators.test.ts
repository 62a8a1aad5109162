import { planCopy, planSwitch, type Plan, type RegionState, type Step } from "@p4/regions";
import { beforeAll, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { createDocumentStore } from "../document-store.ts";
import { provision, provisionDocuments } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { performStep } from "./perform-step.ts";
import { surveyRegion } from "./survey-region.ts";

const region = "eu";
const names = ["a", "b", "c"];
const sites = useSites(...names);
const contested = { code: "REGION_CONTESTED" };
let brokers: Map<string, Broker>;

const at = (site: string): Broker => brokers.get(site) as Broker;

const planned = async (command: (state: RegionState) => Plan): Promise<readonly Step[]> =>
  command(await surveyRegion(brokers, region)).steps;

async function perform(steps: readonly Step[]): Promise<void> {
  const options = { region, sites: brokers, replicas: 1, keepTail: () => Promise.resolve() };
  for (const step of steps) await performStep(step, options);
}

beforeAll(async () => {
  brokers = new Map(await Promise.all(names.map(async (name) => [name, await sites.connect(name)] as const)));
  await provision(at("a"), { region, shards: 1, replicas: 1, retentionMs: 86_400_000 });
  for (const to of ["b", "c"]) await vi.waitFor(async () => perform(await planned((state) => planCopy(state, to))));
  await provisionDocuments(at("a"), { region, replicas: 1, documents: { added: {} } });
}, 60_000);

test("of two who move the home at once, neither waits for copies that the other one's move has ended", async () => {
  const [toB, toC] = [
    await planned((state) => planSwitch(state, "b")),
    await planned((state) => planSwitch(state, "c")),
  ];
  const [copy, complete] = toB;
  expect([copy, complete]).toMatchObject([{ do: "copy" }, { do: "complete", streams: ["KV_P4_ADDED_eu"] }]);
  await perform([copy as Step]);
  // At `b` there is a copy of `a` now that this plan has not seen: nothing feeds it any more.
  await expect(perform(toC)).rejects.toMatchObject(contested);
  const late: Step = { do: "copy", from: "c", to: "b", streams: ["KV_P4_ADDED_eu"] };
  await expect(perform([late])).rejects.toMatchObject(contested);
  await createDocumentStore(at("c"), { region, name: "added" }).put("key", new Uint8Array([1]), 0);
  const there = createDocumentStore(at("a"), { region, name: "added" });
  await vi.waitFor(async () => expect(await there.get("key")).not.toBeNull());
  await expect(perform([complete as Step])).rejects.toMatchObject(contested);
  const dropped: Step = { do: "complete", from: "c", to: "b", streams: ["KV_P4_DROPPED_eu"], withinMs: 60_000 };
  await expect(perform([dropped])).rejects.toMatchObject(contested);
  await vi.waitFor(async () => perform(await planned((state) => planSwitch(state, "c"))));
  const { sites: states } = await surveyRegion(brokers, region);
  const roles = states.map(({ site, streams }) => [site, ...new Set(streams.map(({ role }) => role.kind))].join());
  expect(roles).toEqual(["a,copy", "b,copy", "c,home"]);
});

test("a copy that nothing feeds any more is made once more", async () => {
  const stream = "KV_P4_ADDED_eu";
  await at("c").apiAnswer(`CONSUMER.DELETE.${stream}.copy_b`);
  await createDocumentStore(at("c"), { region, name: "added" }).put("late", new Uint8Array([2]), 0);
  const step = { do: "complete", from: "c", to: "b", streams: [stream], withinMs: 60_000, remakeAfterMs: 100 } as const;
  await perform([step]);
  expect(await createDocumentStore(at("b"), { region, name: "added" }).get("late")).not.toBeNull();
});
