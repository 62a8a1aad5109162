import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { EventMetadata } from "@p4/channel";
import { customer, merchant } from "@p4/client";
import { surveyRegion } from "@p4/nats";
import { planCopy, planSwitch } from "@p4/regions";
import { tempDir, waitFor } from "@p4/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLog } from "../campaign/read-log.ts";
import { ackBody, syntheticPayment, terms } from "../wallets/bodies.ts";
import { moveRegion, region } from "./move-region.ts";
import { startSites, type Site, type Sites } from "./start-sites.ts";

const p4 = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));
const shards = 1;
const limitMs = 60_000;
const dir = tempDir();
let sites: Sites;
let a: Site;
let b: Site;

beforeAll(async () => {
  sites = await startSites({ dir, names: ["a", "b"], shards, delayMs: 0, settings: { P4_CHANNEL_TTL: "20s" } });
  [a, b] = sites.all as [Site, Site];
  await a.edge.start();
  await a.edge.ready(limitMs);
  // The link between the sites may not be up yet.
  const copy = () => moveRegion({ sites: sites.all, plan: (state) => planCopy(state, "b") });
  await waitFor(copy, { timeoutMs: limitMs });
  await Promise.all([b.edge.start(), a.expiry.start(), b.expiry.start()]);
  await readyz(b, 503);
  // What a worker makes at its start is moved too, once it is there.
  await waitFor(() => hasStream(a, "KV_P4_DELIVERIES_local"), { timeoutMs: limitMs });
}, 120_000);

afterAll(() => sites.stop());

async function hasStream({ name, broker }: Site, stream: string): Promise<boolean> {
  const { sites: states } = await surveyRegion(new Map([[name, broker]]), region);
  return states[0]?.streams.some((each) => each.stream === stream) === true;
}

const httpOf = ({ edgeUrl }: Site): string => edgeUrl.replace(/^ws/, "http");

async function readyz(site: Site, status: number): Promise<void> {
  const ask = () =>
    fetch(`${httpOf(site)}/readyz`).then(
      (answer) => answer.status === status,
      () => false,
    );
  await waitFor(ask, { timeoutMs: limitMs, description: `/readyz of ${site.name} says ${String(status)}` });
}

/** As an operator does it: a test of two moves may take longer than a channel lives here. */
async function extend(channelId: string): Promise<void> {
  const env = { PATH: process.env["PATH"], P4_DATA_DIR: dir, P4_NATS_URL: a.server.url, P4_SHARDS: String(shards) };
  const args = [p4, "deadline", "extend", channelId, "1h", "--yes"];
  await promisify(execFile)(process.execPath, args, { env, timeout: limitMs });
}

test("wallets that know one site alone pay on while the home moves there and back, and no node is started again", async () => {
  // Each knows the site that is not the home at first, or not later.
  const options = { backoff: { firstDelayMs: 100, maxDelayMs: 1_000 } };
  const url = (site: Site): string => `${site.edgeUrl}/ws/follow`;
  const shop = merchant(url(b), options);
  const wallet = customer(url(a), options);
  const joins: string[] = [];
  wallet.on("joined", () => joins.push("joined"));
  try {
    shop.onTermsRequested(() => terms);
    shop.on("payment", ({ received }) => void shop.acknowledge(received, ackBody(received.bodyText ?? "{}", false)));
    const pay = () => wallet.pay(syntheticPayment().bodyText, { timeoutMs: limitMs });
    await shop.joined({ timeoutMs: limitMs });
    await extend("follow");
    await wallet.requestTerms({ timeoutMs: limitMs });
    expect(await pay()).toMatchObject({ accepted: false });

    await moveRegion({ sites: sites.all, plan: (state) => planSwitch(state, "b") });
    expect(await pay()).toMatchObject({ accepted: false });
    await Promise.all([readyz(a, 503), readyz(b, 200)]);
    const telling = await fetch(`${httpOf(a)}/api/v1/payment/follow?x=1`, { redirect: "manual" });
    expect([telling.status, telling.headers.get("location")]).toEqual([307, `${httpOf(b)}/api/v1/payment/follow?x=1`]);
    expect((await fetch(`${httpOf(a)}/livez`)).status).toBe(200);

    await moveRegion({ sites: sites.all, plan: (state) => planSwitch(state, "a") });
    expect(await pay()).toMatchObject({ accepted: false });
    await Promise.all([readyz(a, 200), readyz(b, 503)]);
    expect(joins).toHaveLength(3);
    const events = (await readLog({ natsUrl: a.server.url, shards, replicas: 1 })).get("follow") ?? [];
    const classes = events.map(({ text }) => (JSON.parse(text) as { metadata: EventMetadata }).metadata.copyClass);
    expect(classes).toContain("async");
    expect([a.edge.ownEnds, b.edge.ownEnds]).toEqual([0, 0]);
  } finally {
    shop.close();
    wallet.close();
  }
}, 180_000);

test("a deadline fires at the new home, by an expiry that has waited there", async () => {
  const session = merchant(`${b.edgeUrl}/ws/deadline`, {});
  await session.joined({ timeoutMs: limitMs });
  session.close();
  await moveRegion({ sites: sites.all, plan: (state) => planSwitch(state, "b") });
  // No edge may do it: the channel is followed nowhere.
  const ended = async (): Promise<boolean> => {
    const events = (await readLog({ natsUrl: b.server.url, shards, replicas: 1 })).get("deadline") ?? [];
    return events.some(({ text }) => text.includes("ChannelExpired"));
  };
  expect(await ended()).toBe(false);
  await waitFor(ended, { timeoutMs: 90_000, intervalMs: 250 });
}, 180_000);
