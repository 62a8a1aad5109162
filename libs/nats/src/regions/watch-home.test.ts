import { planCopy, planSwitch } from "@p4/regions";
import { expect, test, vi } from "vitest";
import { createEventLog } from "../event-log.ts";
import { provision } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { streamNames } from "../stream-names.ts";
import { readHome } from "./home-state.ts";
import { performStep } from "./perform-step.ts";
import { isCopied } from "./region-streams.ts";
import { surveyRegion } from "./survey-region.ts";
import { watchHome } from "./watch-home.ts";
import { WriteEpochs } from "./write-epochs.ts";

const settings = { region: "eu", shards: 1, replicas: 1, retentionMs: 86_400_000 };
const sites = useSites("a", "b", "c", "d");

test("each site tells where the home is: while it is here, on its way, at the other site, and back", async () => {
  const [a, b] = [await sites.connect("a"), await sites.connect("b")];
  const brokers = new Map([
    ["a", a],
    ["b", b],
  ]);
  await provision(a, settings);
  const run = async (plan: (state: Awaited<ReturnType<typeof surveyRegion>>) => ReturnType<typeof planCopy>) => {
    const options = { region: "eu", sites: brokers, replicas: 1, keepTail: () => Promise.resolve() };
    for (const step of plan(await surveyRegion(brokers, "eu")).steps) await performStep(step, options);
  };
  const [atA, atB] = [watchHome(a, settings), watchHome(b, settings)];
  const told: unknown[] = [];
  atA.onChange((state) => told.push(state));
  const until = (site: "a" | "b", state: object) =>
    vi.waitFor(() => expect((site === "a" ? atA : atB).state).toEqual(state), { timeout: 30_000 });
  try {
    expect([atA.site, atB.site]).toEqual(["a", "b"]);
    await until("a", { kind: "here", epoch: 1 });
    // The link between the sites may not be up yet.
    await vi.waitFor(() => run((state) => planCopy(state, "b")));
    await until("b", { kind: "away", site: "a" });
    expect([atA.trouble, atA.copyAgeMs]).toEqual([null, null]);
    await vi.waitFor(() => expect(atB.copyAgeMs).toEqual(expect.any(Number)), { timeout: 30_000 });
    await run((state) => planSwitch(state, "b"));
    await until("a", { kind: "away", site: "b" });
    await until("b", { kind: "here", epoch: 2 });
    expect(atA.trouble).toContain("site b");
    await run((state) => planSwitch(state, "a"));
    await until("a", { kind: "here", epoch: 3 });
    expect(told.at(-1)).toEqual({ kind: "here", epoch: 3 });
  } finally {
    atA.stop();
    atB.stop();
  }
});

test("a site whose streams are fenced waits, until its table names another home", async () => {
  const [c, d] = [await sites.connect("c"), await sites.connect("d")];
  await provision(c, settings);
  const brokers = new Map([
    ["c", c],
    ["d", d],
  ]);
  const options = { region: "eu", sites: brokers, replicas: 1, keepTail: () => Promise.resolve() };
  await vi.waitFor(async () => {
    for (const step of planCopy(await surveyRegion(brokers, "eu"), "d").steps) await performStep(step, options);
  });
  const { steps } = planSwitch(await surveyRegion(brokers, "eu"), "d");
  const upTo = steps.findIndex(({ do: what }) => what === "table");
  const ask = async () => (await readHome(c, { region: "eu", stream: "P4_CHANNELS_eu_0" }, 5_000))?.state;
  for (const step of steps.slice(0, upTo)) await performStep(step, options);
  expect(await ask()).toEqual({ kind: "moving" });
  // Whose word counts for what was stored before is not taken back by the fence.
  const fenced = await readHome(c, { region: "eu", stream: "P4_CHANNELS_eu_0" }, 5_000);
  expect(fenced?.confirmers).toBeNull();
  for (const step of steps.slice(upTo, upTo + 1)) await performStep(step, options);
  expect(await ask()).toEqual({ kind: "away", site: "d" });
});

test("an append that finds no home has it asked for at once", async () => {
  const b = await sites.connect("b");
  const onHomeMoved = vi.fn();
  const log = createEventLog(b, { ...settings, epochs: new WriteEpochs({ onHomeMoved }) });
  const request = { channelId: "ch", eventId: "e1", bytes: new Uint8Array(1), expectedStreamVersion: 0 };
  await expect(log.appendToStream(request)).rejects.toMatchObject({ code: "STORE_HOME_MOVED" });
  expect(onHomeMoved).toHaveBeenCalledTimes(1);
});

test("nothing is made at a site whose region lives elsewhere, while its streams are missing", async () => {
  const b = await sites.connect("b");
  for (const name of await streamNames(b)) if (isCopied(name, "eu")) await b.api(`STREAM.DELETE.${name}`);
  await expect(provision(b, settings)).rejects.toMatchObject({ code: "STORE_HOME_MOVED" });
  expect((await streamNames(b)).filter((name) => isCopied(name, "eu"))).toEqual([]);
  // Nor do wallets wait for them to be told where the home is.
  const found = await readHome(b, { region: "eu", stream: "P4_CHANNELS_eu_0" }, 5_000);
  expect(found).toEqual({
    state: { kind: "away", site: "a" },
    confirmers: null,
    copyClass: null,
    copyAgeMs: null,
  });
});
