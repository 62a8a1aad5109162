import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stateName } from "@p4/channel";
import { wallet } from "@p4/channel/testing";
import { loadConfig } from "@p4/config";
import { openChannelNode, type ChannelNode } from "@p4/app";
import { createLogger } from "@p4/telemetry";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startProofIngest, type ProofIngest } from "./start-proof-ingest.ts";

interface Example {
  readonly name: string;
  readonly input: { readonly path: { readonly txid: string }; readonly envelope: object };
}

const vectors = new URL("../../../libs/spv/vectors/envelopes.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as { cases: Example[] };
const caseOf = (name: string): Example => {
  const found = cases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};
/** The document's own example, exactly as printed; and a later one. */
const example = caseOf("seed-example-as-printed");
const another = caseOf("object-payload-header-target");

const nats = withNatsServer();
const logger = createLogger({ level: "silent", name: "test" });
const config = loadConfig({ P4_PROOF_PORT: "0" });

let ingest: ProofIngest;
let node: ChannelNode;
let channelId: string;

beforeEach(async () => {
  ingest = await startProofIngest({ config, logger, natsUrl: nats.url });
  const { region, shards, replicas, logRetentionMs: retentionMs } = config;
  node = await openChannelNode({ natsUrl: nats.url, name: "test", region, shards, replicas, retentionMs });
  channelId = await openChannel(node);
});

afterEach(async () => {
  if (!nats.process.isRunning) await nats.restart();
  await ingest.close();
  await node.close();
});

async function openChannel({ registry, nodeId }: ChannelNode): Promise<string> {
  const id = `inv${Math.random().toString(36).slice(2)}`;
  const metadata = { commandId: "join.1", nowMs: Date.now(), correlationId: "", causationId: "test" };
  const participant = { connectionId: "m1", nodeId, role: "merchant", explicit: true } as const;
  const join = { type: "JoinChannel", channelId: id, participant, metadata, mayOpen: true } as const;
  await registry.submit(id, { ...join, expiresAtMs: Date.now() + 600_000, merchantIsAlive: false });
  return id;
}

function post({ input: { path, envelope } }: Example, { port } = ingest): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/proofs/${path.txid}?i=${channelId}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(envelope),
  });
}

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${ingest.port}${path}`);

async function recordedTxids(): Promise<string[]> {
  const { snapshot } = await node.registry.read(channelId);
  return snapshot.context.proofs.map(({ data }) => data.proof.txid);
}

/** Knows no block until it has a root, and then every block. */
async function headerServer() {
  const server = createServer((_request, response) => {
    const answer = { header: { merkleRoot: headers.merkleRoot }, state: "LONGEST_CHAIN", height: 707_873 };
    response.statusCode = headers.merkleRoot === "" ? 404 : 200;
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const headers = { url, merkleRoot: "", close: () => server.close() };
  return headers;
}

describe("proof-ingest", () => {
  it("answers 201 without a body once the event is stored, and tells what was proved", async () => {
    const response = await post(example);
    expect([response.status, await response.text()]).toEqual([201, ""]);
    expect(await recordedTxids()).toEqual([example.input.path.txid]);

    const read = await get(`/api/v1/proofs/${example.input.path.txid}`);
    expect(read.status).toBe(200);
    expect(await read.json()).toMatchObject({
      state: "received",
      proofs: expect.arrayContaining([
        expect.objectContaining({ state: "received", envelope: example.input.envelope }),
      ]),
    });
  });

  it("stores a callback once, however often and wherever it arrives", async () => {
    const second = await startProofIngest({ config, logger, natsUrl: nats.url });
    try {
      const responses = await Promise.all([1, 2, 3, 4].map((i) => post(example, i % 2 === 0 ? ingest : second)));
      expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
      expect(await recordedTxids()).toEqual([example.input.path.txid]);
    } finally {
      await second.close();
    }
  });

  it("says 503 while the broker is gone, and goes on where it was after kill -9 of the broker", async () => {
    expect((await post(example)).status).toBe(201);

    await nats.process.kill();
    const refused = await post(another);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({ code: "PROOF_NOT_STORED" });
    await waitFor(async () => (await get("/readyz")).status === 503);
    expect((await get("/livez")).status).toBe(200);

    await nats.restart();
    await waitFor(async () => (await post(another)).status === 201);
    expect((await get("/readyz")).status).toBe(200);
    await waitFor(() => node.broker.ready());
    expect(await recordedTxids()).toEqual([example.input.path.txid, another.input.path.txid]);
    expect((await get(`/proofs/${example.input.path.txid}`)).status).toBe(200);
  });

  it("still knows the proofs after its own restart", async () => {
    await post(another);
    await ingest.close();
    ingest = await startProofIngest({ config, logger, natsUrl: nats.url });
    expect(await (await get(`/proofs/${another.input.path.txid}`)).json()).toMatchObject({
      txid: another.input.path.txid,
      state: "received",
    });
  });

  it("settles a channel once the header of its proof's block is known, without being told again", async () => {
    const headers = await headerServer();
    const asking = await startProofIngest({
      config: { ...config, headerSource: { kind: "miner", url: headers.url } },
      logger,
      natsUrl: nats.url,
    });
    try {
      const { txid } = example.input.path;
      for (const type of ["SubmitPayment", "AcceptPayment"] as const) {
        await node.registry.submit(channelId, wallet(type, { txid, nowMs: Date.now() }));
      }
      expect((await post(example, asking)).status).toBe(201);
      const state = async () => stateName((await node.registry.read(channelId)).snapshot);
      expect(await state()).toBe("awaitingProof");
      const { proofs } = (await (await get(`/proofs/${txid}`)).json()) as { proofs: { merkleRoot: string }[] };
      headers.merkleRoot = proofs[0]?.merkleRoot ?? "";
      await waitFor(async () => (await state()) === "settled");
    } finally {
      await asking.close();
      headers.close();
    }
  });

  it("counts callbacks by outcome, from a closed set", async () => {
    await post(example);
    await post({ ...example, input: { ...example.input, path: another.input.path } });
    const page = await (await get("/metrics")).text();
    expect(page).toContain('p4_proof_callbacks_total{outcome="stored",app="proof-ingest"} 1');
    expect(page).toContain('p4_proof_callbacks_total{outcome="SPV_TXID_MISMATCH",app="proof-ingest"} 1');
  });

  it("answers 429 to what an address adds beyond its bytes a second, and goes on with others", async () => {
    const small = loadConfig({ P4_PROOF_PORT: "0", P4_TRUSTED_PROXIES: "127.0.0.1" });
    const narrow = await startProofIngest({
      config: small,
      logger,
      natsUrl: nats.url,
      byteRates: { byteRatePerIp: 2_000 },
    });
    try {
      const send = (address: string) =>
        fetch(`http://127.0.0.1:${narrow.port}/proofs/${example.input.path.txid}?i=${channelId}`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-forwarded-for": address },
          body: JSON.stringify({ payload: "x".repeat(20_000) }),
        });
      expect((await send("192.0.2.1")).status).toBe(400);
      const refused = await send("192.0.2.1");
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
      expect(await refused.json()).toMatchObject({ code: "EDGE_TOO_MANY_BYTES" });
      expect((await send("192.0.2.2")).status).toBe(400);
    } finally {
      await narrow.close();
    }
  });

  it("refuses a body over a mebibyte before reading it all", async () => {
    const response = await post({
      ...example,
      input: { ...example.input, envelope: { payload: "x".repeat(1_100_000) } },
    });
    expect(response.status).toBe(413);
  });
});
