import { createHash } from "node:crypto";
import { join } from "node:path";
import { startMiner, type Miner } from "@p4/miner";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { testDir } from "../test-support/stack-process.ts";
import { withBroker } from "./test-support/broker.ts";
import { newChannelId, startEdgeServer, type EdgeServer } from "./test-support/edge-server.ts";

const broker = withBroker();
const dir = testDir(afterAll);
/** A coin that anyone may spend: two transactions of it conflict. */
const anyone = "51";

let miner: Miner;
let server: EdgeServer;

beforeAll(async () => {
  // Blocks are found when the test asks for them.
  const blockIntervalMs = 3_600_000;
  const dataDir = join(dir, "miner");
  miner = await startMiner({ host: "127.0.0.1", port: 0, dataDir, blockIntervalMs, log: () => undefined });
  afterAll(() => miner.close());
  server = await startEdgeServer(broker.url, { P4_HEADER_SOURCE: `miner:${miner.url}` });
});

async function ask(path: string, body: object, headers: Record<string, string> = {}) {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  };
  const response = await fetch(`${miner.url}${path}`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as { txid: string; vout: number };
}

/** One input, one output. */
function spending({ txid, vout }: { txid: string; vout: number }, satoshis: number) {
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32LE(vout, 0);
  numbers.writeUInt32LE(satoshis, 4);
  const [index, amount] = [numbers.subarray(0, 4).toString("hex"), numbers.subarray(4).toString("hex")];
  const source = Buffer.from(txid, "hex").reverse().toString("hex");
  const rawTx = `0100000001${source}${index}00ffffffff01${amount}01${anyone}00000000`;
  return {
    rawTx,
    txid: sha256(sha256(Buffer.from(rawTx, "hex")))
      .reverse()
      .toString("hex"),
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

it("takes the proof back and says that the payment lost, although the block was confirmed a moment before", async () => {
  const coin = await ask("/dev/faucet", { script: anyone, satoshis: 1000 });
  const [payment, rival] = [spending(coin, 900), spending(coin, 800)];
  const { txid } = payment;
  const id = newChannelId();
  const merchant = await server.join(`${id}?role=merchant&dialect=p4`);
  const customer = await server.join(`${id}?role=customer&dialect=p4`);
  customer.send({ key: "payment", messageId: "pay-1", body: { rawTx: payment.rawTx } });
  await merchant.hear("payment");
  merchant.send({ key: "payment.ack", correlationID: "pay-1", body: { memo: "thanks" } });
  await customer.hear("payment.ack");

  const callbackUrl = `${server.httpUrl}/callbacks?i=${id}`;
  await ask("/v1/tx", { rawTx: payment.rawTx }, { "x-callbackurl": callbackUrl });
  await ask("/dev/mine", {});
  await customer.hear("proof.create");
  // The store of proofs follows the channels: wallets may hear of a proof before it can be looked up.
  const showsProof = (expected: object) =>
    vi.waitFor(async () => expect(JSON.parse((await server.get(`/proofs/${txid}`)).text)).toMatchObject(expected), {
      timeout: 30_000,
    });
  await showsProof({ state: "verified" });

  // Anyone may say so; the miner's headers know better.
  const word = { txid, txStatus: "MINED_IN_STALE_BLOCK", timestamp: "2026-01-01T00:00:00Z" };
  expect((await server.post(`/callbacks?i=${id}`, JSON.stringify(word))).status).toBe(201);
  await showsProof({ state: "verified", notices: [{ believed: false }] });

  await ask("/dev/reorg", { transactions: [rival.rawTx] });
  for (const wallet of [merchant, customer]) {
    await wallet.hear("proof.revoked");
    await wallet.hear("transaction.rejected");
  }
  await showsProof({ state: "superseded" });
  const newcomer = await server.join(`${id}?role=customer&dialect=p4`);
  await newcomer.hear("transaction.rejected");
  expect(newcomer.keys).not.toContain("proof.create");
});
