import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join as joinPath } from "node:path";
import { text } from "node:stream/consumers";
import {
  addChannelWebhook,
  channelEventTypes,
  channelWebhooks,
  openChannelNode,
  positionKey,
  provisionWebhooks,
  type ChannelNode,
  type StoredPosition,
} from "@p4/app";
import type { ChannelCommand } from "@p4/channel";
import { close, join, merchant, metadata, paymentTxid, recordProof, wallet } from "@p4/channel/testing";
import { decodeDocument, shardOf } from "@p4/event-store";
import { verifyWebhook } from "@p4/node-crypto";
import { createLogger } from "@p4/telemetry";
import { tempDir, withNatsServer } from "@p4/testkit";
import { rotateWebhook, TargetPolicy, type Webhook, type WebhookRepository } from "@p4/webhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tellWebhooks } from "./tell-webhooks.ts";

const nats = withNatsServer();
const dataDir = tempDir();
const logger = createLogger({ level: "silent", name: "test" });
const place = { region: "local", shards: 2, replicas: 1 };
const loopback = new TargetPolicy(["127.0.0.1"]);
let node: ChannelNode;
let webhooks: WebhookRepository;
let workers: { close(): Promise<void> }[] = [];

interface Heard {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly channel: { readonly id: string; readonly state: string };
  readonly body: string;
  readonly signature: string;
  readonly path: string;
  readonly status: number;
}

let receiver: Server;
let url: string;
let heard: Heard[];
/** Status of the answer, by what is told and how often it was told before. 0: there is none. */
let answer: (told: Omit<Heard, "status">, before: number) => number;

beforeAll(async () => {
  node = await openChannelNode({ natsUrl: nats.url, name: "test", ...place, retentionMs: 86_400_000 });
  webhooks = channelWebhooks(node.broker, place.region).webhooks;
  await provisionWebhooks(node.broker, place);
});
afterAll(() => node.close());

beforeEach(async () => {
  heard = [];
  answer = () => 200;
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      const signature = String(request.headers["p4-signature"]);
      const rest = { body, signature, path: request.url ?? "" };
      const told = { ...(JSON.parse(body) as Omit<Heard, "status" | keyof typeof rest>), ...rest };
      const status = answer(told, heard.filter(({ id }) => id === told.id).length);
      heard.push({ ...told, status });
      if (status !== 0) response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  await stopWorkers();
  for (const { id } of await webhooks.list()) await webhooks.update(id, (webhook) => ({ ...webhook, deletedAtMs: 1 }));
  receiver.closeAllConnections();
  receiver.close();
});

function work(nodeId: string, policy = loopback): void {
  const { broker, log } = node;
  workers.push(tellWebhooks({ broker, log, nodeId }, { place, policy, logger, everyMs: 200 }));
}

async function stopWorkers(): Promise<void> {
  await Promise.all(workers.map((worker) => worker.close()));
  workers = [];
}

async function add(id: string, target = url, events = channelEventTypes): Promise<void> {
  const rest = { secrets: ["whsec_first"], createdAtMs: Date.now(), deletedAtMs: null };
  const webhook: Webhook = { version: 1, id, url: target, events, ...rest };
  await addChannelWebhook(node.broker, place, webhook);
}

const now = (command: ChannelCommand): ChannelCommand => ({ ...command, metadata: metadata(Date.now()) });

async function record(channelId: string, ...commands: readonly ChannelCommand[]): Promise<void> {
  const opening = join(merchant, { channelId, expiresAtMs: Date.now() + 3_600_000 });
  for (const command of commands.length === 0 ? [opening] : commands) {
    expect((await node.registry.submit(channelId, now(command))).outcome).toBe("stored");
  }
}

const payment = () => [wallet("OfferTerms"), wallet("SubmitPayment"), wallet("AcceptPayment")];
const life = [
  "channel.opened",
  "channel.terms_offered",
  "channel.payment_submitted",
  "channel.payment_accepted",
  "channel.proof_recorded",
  "channel.closed",
];

/** What was taken of a channel, each event as often as it was. */
const taken = (channelId: string): string[] =>
  heard.filter(({ channel, status }) => channel.id === channelId && status === 200).map(({ type }) => type);

/** In the order in which they came first. */
const first = (types: readonly string[]): string[] => [...new Set(types)];

describe("webhooks of the log", () => {
  it("tell each channel's life in order to a receiver that fails half of the time, and none holds up another", async () => {
    answer = ({ channel }, before) => (channel.id === "stuck" || before % 2 === 0 ? 500 : 200);
    await add("webhook1");
    work("worker1");
    work("worker2");
    await record("stuck");
    const ids = ["life1", "life2", "life3"];
    for (const id of ids) {
      await record(id);
      await record(id, ...payment());
      await record(id, recordProof(paymentTxid), close());
    }
    for (const id of ids) await expect.poll(() => first(taken(id))).toEqual(life);
    const told = heard.filter(({ channel, status }) => channel.id === "life1" && status === 200);
    const states = new Map(told.map(({ type, channel }) => [type, channel.state]));
    expect([...states.values()].slice(2)).toEqual(["awaitingAck", "awaitingProof", "settled", "closed"]);
    for (const { id, body, channel, sequence } of heard) {
      expect(id).toBe(`${channel.id}.${sequence}`);
      expect(new Set(heard.filter((other) => other.id === id).map((other) => other.body))).toEqual(new Set([body]));
      expect(body).not.toContain(merchant.connectionId);
    }
    expect(taken("stuck")).toEqual([]);
    const { documents } = channelWebhooks(node.broker, place.region);
    const failing = async () => decodeDocument<StoredPosition>(await documents.get(positionKey))?.failing ?? [];
    await expect.poll(async () => (await failing()).map(({ webhookId }) => webhookId)).toContain("webhook1");
    expect((await webhooks.delivery("webhook1", "stuck")).failures).toBeGreaterThan(0);
  });

  it("go on after kill -9 of the worker, with what it had failed at and what it had not got to", async () => {
    mkdirSync(joinPath(dataDir, "payd"));
    writeFileSync(joinPath(dataDir, "payd", "webhook-allow"), "127.0.0.1\n");
    await add("webhook2");
    answer = ({ channel, type }) => (channel.id === "killed1" && type !== "channel.opened" ? 500 : 200);
    const main = new URL("../dist/main.js", import.meta.url).pathname;
    const env = { ...process.env, P4_NATS_URL: nats.url, P4_SHARDS: "2", P4_DATA_DIR: dataDir, P4_LOG_RETENTION: "1d" };
    const child = spawn(process.execPath, [main], { env, stdio: "ignore" });
    try {
      await record("killed1");
      await expect.poll(() => taken("killed1")).toEqual(["channel.opened"]);
      await record("killed1", ...payment());
      await expect.poll(async () => (await webhooks.delivery("webhook2", "killed1")).failures).toBeGreaterThan(0);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await record("killed2");
    answer = () => 200;
    work("worker3");
    await expect.poll(() => first(taken("killed1"))).toEqual(life.slice(0, 4));
    await expect.poll(() => first(taken("killed2"))).toEqual(["channel.opened"]);
  });

  it.each([
    ["had under way", 0],
    ["had failed at", 500],
  ])("are told by the next worker of what the one before it %s", async (_, status) => {
    const channelId = `handed-${status}`;
    await add(`handed${status}`);
    answer = () => status;
    work("worker6");
    await record(channelId);
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    const { documents } = channelWebhooks(node.broker, place.region);
    const revision = async () => (await documents.get(positionKey))?.revision ?? 0;
    const seen = await revision();
    // The position has been stored again and again meanwhile.
    await expect.poll(revision).toBeGreaterThan(seen + 3);
    await stopWorkers();
    answer = () => 200;
    work("worker7");
    await expect.poll(() => taken(channelId)).toEqual(["channel.opened"]);
  });

  it("go on past a channel of which a large event is missing", async () => {
    await add("webhook9");
    await record("holed");
    await record("holed", wallet("OfferTerms", { body: "x".repeat(node.broker.maxPayloadBytes / 2) }));
    await node.broker.api("STREAM.PURGE.OBJ_P4_BLOBS_local");
    const shard = shardOf("holed", place.shards);
    const behind = ["a", "b", "c", "d", "e", "f"].find((id) => shardOf(id, place.shards) === shard) ?? "";
    await record(behind);
    work("worker8");
    await expect.poll(() => first(taken(behind))).toEqual(["channel.opened"]);
  });

  it("hear from their making on of what they want, signed with either of two secrets", async () => {
    await add("webhook3", url, ["channel.opened", "channel.closed"]);
    work("worker4");
    await record("wanted1");
    await record("wanted1", ...payment());
    await expect.poll(() => first(taken("wanted1"))).toEqual(["channel.opened"]);
    await webhooks.update("webhook3", (webhook) => rotateWebhook(webhook, "whsec_second"));
    // Another one comes while the worker is at it.
    await add("webhook4", `${url}second`);
    await record("wanted1", close());
    const typesAt = (path: string) => first(heard.filter((one) => one.path === path).map(({ type }) => type));
    await expect.poll(() => typesAt("/second")).toEqual(["channel.closed"]);
    await expect.poll(() => typesAt("/")).toEqual(["channel.opened", "channel.closed"]);
    await record("wanted2");
    const isLast = ({ channel, path }: Heard): boolean => channel.id === "wanted2" && path === "/";
    await expect.poll(() => heard.some(isLast)).toBe(true);
    const { body, signature } = heard.find(isLast) as Heard;
    const holds = (secret: string) => verifyWebhook(secret, signature, body, Date.now());
    expect(["whsec_first", "whsec_second", "whsec_other"].map(holds)).toEqual([true, true, false]);
  });

  it("go to no address of this machine unless it is allowed, by number or by name", async () => {
    await add("webhook5");
    await add("webhook6", url.replace("127.0.0.1", "localhost"));
    await add("webhook7", "http://169.254.169.254/latest");
    work("worker5", new TargetPolicy([]));
    await record("private");
    const errorOf = async (id: string) => (await webhooks.delivery(id, "private")).attempts[0]?.error;
    for (const id of ["webhook5", "webhook6", "webhook7"]) {
      await expect.poll(() => errorOf(id)).toMatch(/is not a public address/);
    }
    expect(heard).toEqual([]);
  });

  // The last one: what it takes out of the log, all but the newest event of each channel of a shard, stays out.
  it("go on in the other shards where one shard's log lacks an event", async () => {
    const names = Array.from({ length: 20 }, (_, i) => `damaged${i}`);
    const [broken = "", sound = ""] = [0, 1].map((shard) => names.find((id) => shardOf(id, place.shards) === shard));
    await add("webhook10");
    work("worker9");
    await record(sound);
    await expect.poll(() => first(taken(sound))).toEqual(["channel.opened"]);
    await stopWorkers();
    await record(broken);
    const stream = `P4_CHANNELS_local_${shardOf(broken, place.shards)}`;
    await record(broken, wallet("OfferTerms"));
    const { config } = await node.broker.api<{ config: object }>(`STREAM.INFO.${stream}`);
    await node.broker.api(`STREAM.UPDATE.${stream}`, { ...config, max_msgs_per_subject: 1 });
    work("worker10");
    await record(sound, ...payment());
    await expect.poll(() => first(taken(sound))).toEqual(life.slice(0, 4));
    expect(taken(broken)).toEqual([]);
  });
});
