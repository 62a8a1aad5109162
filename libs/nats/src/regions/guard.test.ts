import { readFile } from "node:fs/promises";
import { planCopy, planFailover, planReturn, type Plan, type RegionState } from "@p4/regions";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Broker } from "../broker.ts";
import { connectBroker } from "../connect-broker.ts";
import { createEventLog } from "../event-log.ts";
import { provision } from "../provision.ts";
import { useGatedSites } from "../test-support/use-sites.ts";
import { guardSite, type GuardedState } from "./guard-site.ts";
import { readHome } from "./home-state.ts";
import { performStep } from "./perform-step.ts";
import { gateText, ServerGate } from "./server-gate.ts";
import { surveyGate } from "./survey-gate.ts";
import { findStreamState, surveyRegion } from "./survey-region.ts";

const region = "eu";
const settings = { region, shards: 1, replicas: 1, retentionMs: 86_400_000 };
const stream = "P4_CHANNELS_eu_0";
const names = ["a", "b", "w"];
const sites = useGatedSites(...names);
const patient = { timeout: 60_000, interval: 20 };
let brokers: Map<string, Broker>;
const at = (site: string): Broker => brokers.get(site) as Broker;

async function run(command: (state: RegionState) => Plan, lost: readonly string[] = []): Promise<void> {
  const asked = new Map([...brokers].map(([name, broker]) => [name, lost.includes(name) ? null : broker]));
  const options = { region, sites: asked, replicas: 1, keepTail: () => Promise.resolve() };
  for (const step of command(await surveyRegion(asked, region)).steps) await performStep(step, options);
}

interface Guard {
  readonly states: readonly GuardedState[];
  stop(): Promise<void>;
}

const guards: Guard[] = [];

/** As `p4 region guard` runs it, with a connection of its own. */
async function guard(site: string): Promise<Guard> {
  const broker = await connectBroker({ url: sites.server(site).url, name: "p4-guard", thisServerOnly: true });
  const states: GuardedState[] = [];
  const stopping = new AbortController();
  const gate = new ServerGate(sites.files(site));
  const onChange = (state: GuardedState): void => void states.push(state);
  const ended = guardSite({ broker, region, sites: names, gate, onChange }, { signal: stopping.signal });
  const running: Guard = {
    states,
    async stop() {
      stopping.abort();
      await ended;
      await broker.close();
    },
  };
  guards.push(running);
  return running;
}

const until = (guarded: Guard, state: Partial<GuardedState>): Promise<void> =>
  vi.waitFor(() => expect(guarded.states.at(-1)).toMatchObject(state), patient);

/** A node as one without a lease is: whatever the broker takes, it takes. */
const log = (site: string) => createEventLog(at(site), settings);
const append = (site: string, channelId: string) =>
  log(site).appendToStream({ channelId, eventId: "e", bytes: new Uint8Array(8), expectedStreamVersion: 0 });

async function stored(site: string): Promise<number> {
  return (await findStreamState(at(site), stream, 5_000))?.lastSequence ?? -1;
}

beforeAll(async () => {
  brokers = new Map(await Promise.all(names.map(async (name) => [name, await sites.connect(name)] as const)));
  await provision(at("a"), settings);
  await vi.waitFor(() => run((state) => planCopy(state, "b")), patient);
}, 120_000);

afterEach(async () => {
  names.forEach((name) => sites.server(name).resume());
  for (const running of guards.splice(0)) await running.stop();
});

test("boot: a home without a guard takes nothing, and a guard that ends leaves it so", async () => {
  await expect(append("a", "early")).rejects.toMatchObject({ code: "STORE_LEASE_OVER", retryable: true });
  expect(await stored("a")).toBe(0);
  const ask = async () => (await readHome(at("a"), { region, stream }, 5_000))?.state;
  expect(await ask()).toEqual({ kind: "unconfirmed", epoch: 1 });
  const atA = await guard("a");
  await until(atA, { gate: "open", epoch: 1 });
  expect(atA.states.filter(({ gate }) => gate === "open")).toHaveLength(1);
  await append("a", "now");
  expect(await ask()).toEqual({ kind: "here", epoch: 1 });
  expect(await surveyGate(at("a"), { region, sites: names })).toEqual({
    gate: "open",
    epoch: 1,
    leaseLeftMs: expect.any(Number) as number,
  });
  // A server that crashes now is shut when it is back.
  expect(await readFile(sites.files("a").gateFile, "utf8")).toBe(gateText("shut"));
  await atA.stop();
  await expect(append("a", "late")).rejects.toMatchObject({ code: "STORE_LEASE_OVER" });
  expect(await stored("a")).toBe(1);
}, 60_000);

test("a reload by another hand shuts the gate for a moment only, and leaves connections and links as they are", async () => {
  const atA = await guard("a");
  await until(atA, { gate: "open" });
  const serverOfNodes = at("a").serverId;
  process.kill(sites.server("a").pid, "SIGHUP");
  await vi.waitFor(() => append("a", "again"), patient);
  expect([at("a").serverId, at("a").ready()]).toEqual([serverOfNodes, true]);
  expect((await readFile(sites.server("b").logFile, "utf8")).match(/Leafnode connection closed/g)).toBeNull();
}, 60_000);

test("loss and return: the new home takes writes at once, and a deposed home that is back takes none", async () => {
  const atA = await guard("a");
  const atB = await guard("b");
  await until(atA, { gate: "open" });
  await until(atB, { gate: "open", epoch: null });
  await sites.server("a").kill();
  await atA.stop().catch(() => undefined);
  guards.splice(guards.indexOf(atA), 1);
  await run((state) => planFailover(state, { to: "b", lost: "a", fenceReachable: false, outwaitMs: 0 }), ["a"]);
  await append("b", "moved");
  await until(atB, { gate: "open", epoch: 2 });

  await sites.server("a").restart();
  await vi.waitFor(() => expect(at("a").ready()).toBe(true), patient);
  let isBack = false;
  let acknowledged = 0;
  let tried = 0;
  const refusals = new Set<string>();
  const stale = (async () => {
    for (let n = 0; !isBack; n++) {
      await append("a", `stale-${String(n)}`).then(
        () => acknowledged++,
        (error: unknown) => refusals.add((error as { code: string }).code),
      );
      tried++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const before = await stored("a");
  const again = await guard("a");
  await vi.waitFor(() => expect(again.states).not.toEqual([]), patient);
  const triedBefore = tried;
  await vi.waitFor(() => expect(tried).toBeGreaterThan(triedBefore + 10), patient);
  expect(acknowledged).toBe(0);
  await until(again, { gate: "shut", epoch: 1, why: "a later home is known: b, epoch 2" });
  expect(await stored("a")).toBe(before);
  expect(await surveyGate(at("a"), { region, sites: names })).toEqual({ gate: "shut", epoch: 1, leaseLeftMs: 0 });
  await vi.waitFor(() => run((state) => planReturn(state, "a")), patient);
  await until(again, { gate: "open", epoch: null });
  isBack = true;
  await stale;
  expect(acknowledged).toBe(0);
  expect([...refusals]).toContain("STORE_LEASE_OVER");
  expect((await surveyRegion(brokers, region)).sites[0]?.row).toMatchObject({ epoch: 2, home: "b", copies: ["a"] });
}, 120_000);

test("cut: a home that no other site confirms is shut after its lease, and opened when one does", async () => {
  const atB = await guard("b");
  await until(atB, { gate: "open", epoch: 2 });
  await Promise.all(["a", "w"].map((name) => sites.server(name).pause()));
  const cutMs = performance.now();
  await until(atB, { gate: "shut", why: "1 of 3 sites confirm epoch 2, not a, w" });
  expect(performance.now() - cutMs).toBeGreaterThan(1_000);
  await expect(append("b", "cut")).rejects.toMatchObject({ code: "STORE_LEASE_OVER" });
  sites.server("w").resume();
  await until(atB, { gate: "open", epoch: 2 });
  await append("b", "healed");
}, 120_000);

test("a gate that its server does not include, and a pid file that names another process, are told", async () => {
  const broker = at("w");
  const options = { broker, region, sites: names, onChange: () => undefined };
  const { signal } = new AbortController();
  const files = { ...sites.files("w"), gateFile: `${sites.files("w").gateFile}.other` };
  const foreign = { ...sites.files("w"), pidFile: `${sites.files("w").gateFile}.other` };
  const gate = new ServerGate(files);
  await gate.write("open");
  // Its login is held back by another file, which stays shut.
  const last = await guardSite({ ...options, gate }, { signal, once: true });
  expect(last).toMatchObject({ gate: "shut", why: expect.stringContaining("stays shut for this login") as string });
  const wrong = await guardSite({ ...options, gate: new ServerGate(foreign) }, { signal, once: true });
  expect(wrong).toMatchObject({ gate: "shut", why: expect.stringContaining("names no nats-server") as string });
}, 60_000);
