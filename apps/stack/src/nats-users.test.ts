import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { payInvoice } from "@p4/cli";
import { loadConfig, type Config } from "@p4/config";
import { startEdge } from "@p4/edge";
import { startExpiry } from "@p4/expiry";
import { startMiner, type Miner } from "@p4/miner";
import {
  brokerUsers,
  connectBroker,
  createDocumentStore,
  readBrokerAccess,
  type Broker,
  type BrokerStatus,
  type BrokerUser,
} from "@p4/nats";
import { findNatsServer, repositoryNatsConf, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { startPaydApp } from "@p4/payd";
import { startProofIngest } from "@p4/proof-ingest";
import { createLogger } from "@p4/telemetry";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PlainWallet } from "./test-support/plain-wallet.ts";
import { runP4 } from "./test-support/run-p4.ts";
import { testDir } from "./test-support/stack-process.ts";

/** What `p4 nats-config` makes, in force at a real server: each program has its own login, and nothing else lets in. */
const dir = testDir(afterAll);
const users = join(dir, "users");
const logger = createLogger({ level: "silent", name: "test" });
const settings = { P4_SHARDS: "2", P4_DATA_DIR: join(dir, "data") };
const names = Object.keys(brokerUsers) as BrokerUser[];
const running: { close(): unknown }[] = [];
let server: NatsServerProcess;
let miner: Miner;
let urls: { readonly edges: readonly string[]; readonly proofs: string; readonly payd: string };

const loginOf = (user: BrokerUser): string => join(users, `${user}.nk`);
const configOf = (user: BrokerUser, more: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({ ...settings, P4_NATS_URL: server.url, P4_NATS_CREDENTIALS: loginOf(user), ...more });

async function started<T extends { close(): unknown }>(start: Promise<T>): Promise<T> {
  const app = await start;
  running.unshift(app);
  return app;
}

const violations = async (): Promise<string[]> =>
  (await readFile(server.logFile, "utf8")).split("\n").filter((line) => /violation/i.test(line));

/** `p4` as an operator uses it. */
const p4 = async (...args: readonly string[]) => {
  const env = { ...settings, P4_NATS_URL: server.url, P4_NATS_CREDENTIALS: loginOf("operator") };
  const ran = await runP4([...args, "--json"], env);
  expect([ran.exitCode, ran.err], `p4 ${args.join(" ")}`).toEqual([0, expect.anything()]);
  return ran.json();
};

beforeAll(async () => {
  const made = await runP4(["nats-config", users, "--json"], settings);
  expect([made.exitCode, made.err]).toEqual([0, ""]);
  for (const user of names) expect(made.out).not.toContain((await readFile(loginOf(user), "utf8")).trim());
  const configFile = join(users, "nats.conf");
  await writeFile(configFile, `${await readFile(repositoryNatsConf, "utf8")}\ninclude "users.conf"\n`);
  await mkdir(join(settings.P4_DATA_DIR, "payd"), { recursive: true });
  await writeFile(join(settings.P4_DATA_DIR, "payd", "webhook-allow"), "127.0.0.1\n");
  const { path: binary } = await findNatsServer();
  server = await startNatsServer({ binary, configFile, storeDir: join(dir, "nats"), monitorPort: -1 });

  miner = await started(startMiner({ host: "127.0.0.1", port: 0, dataDir: join(dir, "miner"), log: () => undefined }));
  const edges = [];
  for (const ttl of ["2h", "1s"]) {
    const config = configOf("edge", {
      P4_PORT: "0",
      P4_MAX_MESSAGE_BYTES: "3MB",
      P4_ACK_GRACE: "0s",
      P4_CHANNEL_TTL: ttl,
    });
    edges.push((await started(startEdge({ config, logger, natsUrl: server.url }))).port);
  }
  const ingest = await started(
    startProofIngest({
      config: configOf("proof-ingest", { P4_PROOF_PORT: "0", P4_HEADER_SOURCE: await lateHeaders() }),
      logger,
      natsUrl: server.url,
    }),
  );
  await started(
    startExpiry({
      config: configOf("expiry"),
      logger,
      natsUrl: server.url,
      sweepEveryMs: 1_000,
      webhooksEveryMs: 1_000,
    }),
  );
  const proofs = `http://127.0.0.1:${String(ingest.port)}`;
  const payd = await started(
    startPaydApp({
      config: configOf("payd", {
        P4_PAYD_PORT: "0",
        P4_MINER_URL: miner.url,
        P4_PROOF_PORT: String(ingest.port),
        P4_PORT: String(edges[0]),
        P4_HEADER_SOURCE: `miner:${miner.url}`,
      }),
      logger,
      natsUrl: server.url,
    }),
  );
  urls = { edges: edges.map((port) => `ws://127.0.0.1:${String(port)}/ws`), proofs, payd: payd.url };
}, 120_000);

afterAll(async () => {
  for (const app of running) await app.close();
  await server.stop();
});

let wasWaiting = false;

/** The miner's headers, from the second question on: the first proof has to wait. */
async function lateHeaders(): Promise<string> {
  const proxy = createServer((request, response) => {
    void text(request).then(async (body) => {
      const headers = { "content-type": "application/json" };
      const asked = { method: request.method ?? "GET", headers, ...(body === "" ? {} : { body }) };
      const found = wasWaiting ? await fetch(`${miner.url}${request.url ?? ""}`, asked) : null;
      wasWaiting = true;
      response.writeHead(found?.status ?? 404, headers).end((await found?.text()) ?? "{}");
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  running.push({ close: () => proxy.close() });
  return `bhs:http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
}

async function webhookTarget(): Promise<{ readonly url: string; readonly heard: readonly string[] }> {
  const heard: string[] = [];
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push((JSON.parse(body) as { type: string }).type);
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  running.push({ close: () => receiver.close() });
  return { url: `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/`, heard };
}

async function connected(user: BrokerUser, onError: (error: Error) => void = () => undefined): Promise<Broker> {
  const access = readBrokerAccess({ credentialFiles: [loginOf(user)], urls: [server.url] });
  const onStatus = (status: BrokerStatus): void => {
    if (status.type === "error") onError(status.error);
  };
  return connectBroker({ url: server.url, access, name: brokerUsers[user], onStatus });
}

async function waitingProofs(): Promise<number> {
  const broker = await connected("operator");
  let count = 0;
  for await (const _ of createDocumentStore(broker, { region: "local", name: "proofs" }).keys("waiting.")) count++;
  await broker.close();
  return count;
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${url}: ${String(response.status)}`).toBe(true);
  return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
}

async function wallet(edge: number, channel: string, query: string): Promise<PlainWallet> {
  const joined = new PlainWallet(`${urls.edges[edge] ?? ""}/${channel}?dialect=p4&${query}`);
  expect(await joined.next()).toMatchObject({ key: "join.success" });
  return joined;
}

describe("each program with its own login", () => {
  it("does all of its work, without a refusal by the broker", async () => {
    // payd, edge, proof-ingest: an invoice is paid, and its proof arrives.
    const invoice = await post(`${urls.payd}/api/v1/invoices`, { satoshis: 1_000, memo: "two teas" });
    const paid = String(invoice["id"]);
    await post(`${urls.payd}/connect/${paid}`, {});
    const { signal } = new AbortController();
    const payment = { faucetUrl: miner.url, headersUrl: miner.url, onProgress: () => undefined, signal };
    await payInvoice(String(invoice["paymentUrl"]), payment);
    const [submitted = ""] = /(?<=")[0-9a-f]{64}(?=")/.exec(JSON.stringify(await p4("channels"))) ?? [];
    expect(wasWaiting).toBe(true);
    await vi.waitFor(async () => expect(await waitingProofs()).toBe(0), 30_000);
    await p4("proof", "requeue", submitted, "--headers", miner.url);
    const [brief, shop] = [await wallet(1, "brief", "role=merchant"), await wallet(0, "large", "role=merchant")];
    // The other edge asks this one whether the merchant is there. A body that is stored beside the log reaches both.
    const second = await wallet(1, "large", "role=merchant");
    const customer = await wallet(1, "large", "role=customer");
    customer.send({ key: "paymentrequest.create", body: { note: "x".repeat(1_500_000) }, messageId: "m1" });
    await vi.waitFor(async () => expect((await shop.next()).key).toBe("paymentrequest.create"));
    shop.close();
    await vi.waitFor(async () => expect((await second.next()).headers?.["x-p4-role"]).toBe("merchant"));
    // A transaction that no channel has submitted.
    const txid = createHash("sha256").update(randomBytes(8)).digest("hex");
    const seen = JSON.stringify({ txid, txStatus: "SEEN_ON_NETWORK", timestamp: new Date().toISOString() });
    for (const base of [urls.proofs, (urls.edges[0] ?? "").replace(/^ws(.*)\/ws$/, "http$1")]) {
      const answer = await fetch(`${base}/proofs/${txid}?i=large`, { method: "POST", body: seen });
      expect(Math.floor(answer.status / 100)).toBe(2);
      expect((await fetch(`${base}/proofs/${txid}`)).status).toBe(200);
    }
    // expiry: the broker's timer ends a channel.
    expect(await brief.closed).toBe(4000);

    await p4("doctor", "--monitor", server.monitorUrl ?? "");
    await p4("streams");
    await p4("channels");
    await p4("replay", "large");
    await p4("recover", "--all", "--check");
    await p4("deadline", "extend", "large", "1h", "--yes");
    await p4("hold", "add", paid, "--reason", "asked for");
    await p4("hold", "list");
    const { key } = (await p4("api-key", "new", "till", "--scope", "invoices:read")) as { key: string };
    const keyed = { headers: { authorization: `Bearer ${key}` } };
    expect((await fetch(`${urls.payd}/api/v1/invoices/${paid}`, keyed)).status).toBe(200);
    await p4("hold", "remove", paid, "--yes");
    const target = await webhookTarget();
    const hook = String((await p4("webhook", "add", target.url, "--log"))["id"]);
    await p4("webhook", "test", hook, "--log");
    await p4("deadline", "extend", "large", "2h", "--yes");
    await vi.waitFor(() => expect(target.heard).toContain("channel.extended"), 30_000);
    const { webhooks } = (await p4("webhook", "list", "--log")) as {
      webhooks: { deliveries: { event: string }[] }[];
    };
    await p4("webhook", "redeliver", hook, webhooks[0]?.deliveries[0]?.event ?? "", "--log");
    await p4("webhook", "rotate", hook, "--log");
    await p4("webhook", "remove", hook, "--log");
    await p4("index", "rebuild");
    await p4("evidence", "export", paid, "-o", join(dir, "paid.p4e"));
    await p4("anchor", "-o", join(dir, "day.p4a"));
    await p4("anchor", "compare", join(dir, "day.p4a"));
    await p4("close", paid, "--reason", "paid", "--yes");
    await p4("close", "large", "--reason", "tried", "--yes");
    await p4("archive", "--ended-before", new Date(Date.now() + 1_000).toISOString(), "--to-store");
    await p4("archive", "list");
    await p4("evidence", "fetch", "large", "-o", join(dir, "large.p4e"));
    const saved = await runP4(["backup", join(dir, "backup"), "--json"], {
      ...settings,
      P4_NATS_URL: server.url,
      P4_NATS_CREDENTIALS: loginOf("backup"),
    });
    expect([saved.exitCode, saved.json()]).toMatchObject([0, { damaged: [] }]);
    expect(await violations()).toEqual([]);
  }, 120_000);
});

/** Forbidden for every login, the operator's too. */
const forAll = [
  "$JS.API.STREAM.DELETE.P4_CHANNELS_local_0",
  "$JS.API.STREAM.PURGE.P4_CHANNELS_local_0",
  "$JS.API.STREAM.UPDATE.P4_CHANNELS_local_0",
  "$JS.API.STREAM.MSG.DELETE.P4_CHANNELS_local_0",
  "$JS.API.STREAM.CREATE.SPY",
  "$JS.API.CONSUMER.CREATE.P4_CHANNELS_local_0.spy",
  "$JS.API.STREAM.DELETE.KV_P4_DEADLINES_local",
  "$JS.API.STREAM.DELETE.OBJ_P4_BLOBS_local",
  // What the broker republishes from the log, and others' answers.
  "p4.local.0.live.large",
  "_INBOX.p4-edge.x.1",
  "$SYS.REQ.SERVER.PING",
] as const;

const record = "$KV.P4_RECORDS_local.hold.large";
const archived = "$O.P4_ARCHIVE_local.M.bGFyZ2U=";
const index = "$KV.P4_INDEX_local.checkpoint";
const presence = "p4.local.presence.other";
const log = ["p4.local.0.event.large", "$JS.API.DIRECT.GET.P4_CHANNELS_local_0", "$KV.P4_DEADLINES_local.large"];
const workers = "$JS.API.CONSUMER.MSG.NEXT.KV_P4_DEADLINES_local.expiry";
const money = [
  "$KV.P4_PAYD_local.invoice",
  "$JS.API.DIRECT.GET.KV_P4_PAYD_local",
  "$JS.API.STREAM.PURGE.KV_P4_PAYD_local",
];
const proofs = "$KV.P4_PROOFS_local.txid";
const keys = "$KV.P4_PAYDKEYS_local.5f0c91d2a4be";
const hooks = [
  "$KV.P4_WEBHOOKS_local.webhook.w1",
  "$JS.API.DIRECT.GET.KV_P4_WEBHOOKS_local",
  "$JS.API.STREAM.MSG.GET.KV_P4_WEBHOOKS_local",
  "$KV.P4_DELIVERIES_local.delivery.w1.c1",
];
const snapshot = "$JS.API.STREAM.SNAPSHOT.P4_CHANNELS_local_0";
const unread = log.filter((subject) => !subject.includes("GET"));

const refused: Readonly<Record<BrokerUser, readonly string[]>> = {
  edge: [...money, ...hooks, keys, snapshot, record, archived, workers, "$JS.API.STREAM.LIST"],
  "proof-ingest": [...money, ...hooks, keys, snapshot, record, archived, workers, index, presence],
  expiry: [...money, snapshot, record, archived, proofs, presence],
  payd: [keys, ...hooks, ...log, snapshot, record, archived, workers, index, presence, proofs, "$O.P4_BLOBS_local.C.x"],
  operator: [...money, workers, "$JS.API.STREAM.CREATE.P4_CHANNELS_local_0", snapshot],
  backup: [...money, ...hooks, keys, ...unread, record, archived, workers, index, proofs],
  guard: [...money, ...hooks, keys, ...log, snapshot, record, archived, workers, index, proofs, presence],
};

describe.each(names)("the login of %s", (user) => {
  it("is refused what is none of its work", async () => {
    const broker = await connected(user);
    for (const subject of [...forAll, ...refused[user]]) {
      if (subject.startsWith("_INBOX") && user === "edge") continue;
      await expect(broker.request(subject, "{}", { timeoutMs: 30_000 }), subject).rejects.toMatchObject({
        code: "STORE_FORBIDDEN",
      });
    }
    const others = names.filter((name) => name !== user).map((name) => `_INBOX.${brokerUsers[name]}.>`);
    const noise = [">", "_INBOX.>", "p4.local.*.event.*", "$JS.API.>", "$KV.>"];
    const unheard = ["payd", "backup", "guard"].includes(user) ? ["p4.local.*.live.*", "p4.local.presence.*"] : [];
    for (const subject of [...others, ...noise, ...unheard]) {
      const refusal = new Promise((resolve) => broker.nc.subscribe(subject, { callback: resolve }));
      expect(await refusal, subject).toBeInstanceOf(Error);
    }
    await broker.close();
  });
});
