import { planCopy, planFailover, planReturn, planSwitch, type Plan, type RegionState } from "@p4/regions";
import { beforeAll, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { createEventLog } from "../event-log.ts";
import { provision } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { performStep } from "./perform-step.ts";
import { surveyRegion } from "./survey-region.ts";

const region = "eu";
const settings = { region, shards: 1, replicas: 1, retentionMs: 86_400_000 };
const sites = useSites("a", "b");
const channelId = "ch";
/** What was acknowledged and not given up, in order. */
const kept: string[] = [];
/** What commands have written down of a deposed home. */
const tails: string[] = [];
let brokers: ReadonlyMap<string, Broker>;
let home = "a";
let events = 0;

type Command = (state: RegionState) => Plan;

const other = (): string => (home === "a" ? "b" : "a");
const at = (site: string): Broker => brokers.get(site) as Broker;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const log = (site: string) => createEventLog(at(site), settings);

/** Resolves with the event that was acknowledged. */
async function write(site: string): Promise<string> {
  const eventId = `${String(++events)}-of-${site}`;
  const last = (await log(site).readStream(channelId, { consistent: true })).at(-1)?.streamVersion ?? 0;
  const bytes = new TextEncoder().encode(eventId);
  await log(site).appendToStream({ channelId, eventId, bytes, expectedStreamVersion: last });
  return eventId;
}

const read = async (site: string): Promise<string[]> =>
  (await log(site).readStream(channelId, { consistent: true })).map(({ bytes }) => text(bytes));

/** Does the first steps of a command's plan. Resolves with the number of steps that it had. */
async function run(command: Command, { steps = Infinity, lost = "" } = {}): Promise<number> {
  const asked = new Map([...brokers].map(([name, broker]) => [name, name === lost ? null : broker]));
  const plan = command(await surveyRegion(asked, region));
  for (const step of plan.steps.slice(0, steps)) {
    await performStep(step, {
      region,
      sites: asked,
      replicas: 1,
      async keepTail(_site, _tail, messages) {
        for await (const { subject, bytes } of messages) if (subject.endsWith(`.${channelId}`)) tails.push(text(bytes));
      },
    });
  }
  return plan.steps.length;
}

async function roles(): Promise<string[]> {
  const { sites: states } = await surveyRegion(brokers, region);
  return states.flatMap(({ site, streams }) => [...new Set(streams.map(({ role }) => `${site} ${role.kind}`))]);
}

/** The home has all that was kept and takes the next event, and the other site is its copy. */
async function expectWhole(what: string): Promise<void> {
  const copy = other();
  expect(await roles(), what).toEqual([`${home} home`, `${copy} copy`].toSorted());
  kept.push(await write(home));
  expect(await read(home), what).toEqual(kept);
  await vi.waitFor(async () => expect(await read(copy), what).toEqual(kept));
}

/** The copy takes over; the home, which is not asked, then takes one more event. The command is killed after `steps`. */
async function giveUpHome(steps = Infinity): Promise<{ readonly count: number; readonly tail: string }> {
  const [lost, to] = [home, other()];
  const failover: Command = (state) => planFailover(state, { to, lost, fenceReachable: false, outwaitMs: 1 });
  const count = await run(failover, { steps, lost });
  if (count > steps) await run(failover, { lost });
  home = to;
  return { count, tail: await write(lost) };
}

beforeAll(async () => {
  brokers = new Map(await Promise.all(["a", "b"].map(async (name) => [name, await sites.connect(name)] as const)));
  await provision(at("a"), settings);
  await vi.waitFor(() => run((state) => planCopy(state, "b")));
}, 60_000);

test("a switch that is killed after any of its steps ends right when it is run again", async () => {
  for (let steps = 0, count = 1; steps < count; steps++) {
    const to = other();
    const command: Command = (state) => planSwitch(state, to);
    count = await run(command, { steps });
    await run(command);
    home = to;
    await expectWhole(`killed after ${String(steps)} of ${String(count)} steps`);
  }
  expect(tails).toEqual([]);
});

test("so does a failover, and the return of the home that was given up", async () => {
  for (let steps = 0, count = 1; steps < count; steps++) {
    const lost = home;
    const given = await giveUpHome(steps);
    count = given.count;
    await run((state) => planReturn(state, lost));
    await expectWhole(`killed after ${String(steps)} of ${String(count)} steps`);
    expect(tails.splice(0)).toEqual([given.tail]);
  }
});

test("a return that is killed after any of its steps ends right when it is run again", async () => {
  for (let steps = 0, count = 1; steps < count; steps++) {
    const lost = home;
    const { tail } = await giveUpHome();
    count = await run((state) => planReturn(state, lost), { steps });
    await run((state) => planReturn(state, lost));
    await expectWhole(`killed after ${String(steps)} of ${String(count)} steps`);
    // Written down once more where it was not dropped yet.
    expect(new Set(tails.splice(0))).toEqual(new Set([tail]));
  }
});
