import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PlainWallet } from "./test-support/plain-wallet.ts";
import { freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

/** The protocol's document prints this callback; `libs/spv/vectors` keeps it byte for byte. */
const example = printedExample();

const dataDir = testDir(afterAll);
let stack: StackProcess;
let socketUrl: string;
let edgeUrl: string;
let ingestUrl: string;

beforeAll(async () => {
  stack = new StackProcess([], {
    ...freePorts,
    P4_DATA_DIR: dataDir,
    P4_APPS: "edge,proof-ingest,expiry",
    P4_CHANNEL_TTL: "10s",
  });
  await stack.printed("Serving.");
  const { endpoints } = await readState(dataDir);
  const originOf = (app: string): string => new URL(String(endpoints.find((one) => one.app === app)?.url)).origin;
  socketUrl = originOf("edge");
  edgeUrl = socketUrl.replace("ws:", "http:");
  ingestUrl = originOf("proof-ingest");
});

afterAll(() => stack.end());

const inv = "invDocument1";

describe("the document's sequence, with two plain WebSocket clients and fetch", () => {
  test("from the join to channel.expired", async () => {
    const merchant = new PlainWallet(`${socketUrl}/ws/${inv}?role=merchant&dialect=p4`);
    expect(await merchant.next()).toMatchObject({ key: "join.success", channelID: inv });
    const customer = new PlainWallet(`${socketUrl}/ws/${inv}?dialect=p4`);
    expect(await customer.next()).toMatchObject({ key: "join.success", channelID: inv });

    customer.send(wrapped("paymentrequest.create", "q1", null));
    const asked = await merchant.next();
    expect(asked).toMatchObject({
      key: "paymentrequest.create",
      messageId: "q1",
      correlationID: "c-q1",
      channelID: inv,
    });

    const terms = { network: "mainnet", destinations: { outputs: [{ amount: 1000, script: "51" }] }, memo: "basket" };
    merchant.send(wrapped("paymentrequest.response", "a1", terms));
    expect(await customer.next()).toMatchObject({ key: "paymentrequest.response", body: terms });

    const payment = { rawTx: "00", memo: "here you are" };
    customer.send(wrapped("payment", "q2", payment));
    expect(await merchant.next()).toMatchObject({ key: "payment", messageId: "q2", body: payment });

    merchant.send(wrapped("payment.ack", "a2", { payment, memo: "thank you" }));
    expect(await customer.next()).toMatchObject({ key: "payment.ack", body: { payment, memo: "thank you" } });

    const callback = await fetch(`${ingestUrl}/proofs/${example.txid}?i=${inv}`, {
      method: "POST",
      body: example.text,
    });
    expect([callback.status, await callback.text()]).toEqual([201, ""]);
    for (const wallet of [customer, merchant]) {
      expect(await wallet.next()).toMatchObject({
        key: "proof.create",
        channelID: inv,
        body: JSON.parse(example.text),
      });
    }

    for (const wallet of [customer, merchant]) {
      expect(await wallet.next()).toMatchObject({ key: "channel.expired", channelID: inv });
      expect(await wallet.closed).toBe(4000);
    }
    // What was proved outlives the channel.
    const known: unknown = await (await fetch(`${ingestUrl}/proofs/${example.txid}`)).json();
    expect(known).toMatchObject({ txid: example.txid, proofs: [{ blockHeight: 707_873 }] });
    expect(JSON.stringify(known)).not.toContain(inv);
  });

  test("the edge takes the same callback at both paths, and refuses it for another transaction or channel", async () => {
    const wallet = new PlainWallet(`${socketUrl}/ws/invDocument2?dialect=p4`);
    await wallet.next();
    const post = async (path: string, body = example.text): Promise<number> =>
      (await fetch(`${edgeUrl}${path}`, { method: "POST", body })).status;
    const other = "ab".repeat(32);
    expect(await post(`/proofs/${other}?i=invDocument2`)).toBe(400);
    expect(await post(`/proofs/${example.txid}?i=nobodyKnows`)).toBe(404);
    expect(await post(`/proofs/${example.txid}?i=invDocument2`, "{}")).toBe(400);
    expect(await post(`/api/v1/proofs/${example.txid}?i=invDocument2`)).toBe(201);
    expect(await wallet.next()).toMatchObject({ key: "proof.create" });
    expect(await post(`/proofs/${example.txid}?i=invDocument2`)).toBe(201);
    wallet.close();
  });
});

/** Every member of the document's wrapper. */
function wrapped(key: string, messageId: string, body: unknown): object {
  return {
    id: "6f1c6c0e-4a4e-4a3c-9c53-0d4f5a9f1e10",
    key,
    body,
    messageId,
    correlationID: `c-${messageId}`,
    timestamp: "2019-10-12T07:20:50.52Z",
    headers: { myheader: "value" },
    expiration: "2029-10-12T07:20:50.52Z",
    channelID: inv,
    appId: "p4/payd",
    userId: "",
  };
}

function printedExample(): { txid: string; text: string } {
  const file = join(import.meta.dirname, "..", "..", "..", "libs", "spv", "vectors", "envelopes.json");
  interface Case {
    readonly name: string;
    readonly input: { readonly path: { readonly txid: string }; readonly envelope: object };
  }
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: readonly Case[] };
  const found = cases.find(({ name }) => name === "seed-example-as-printed");
  if (found === undefined) throw new Error("the vector of the printed example is gone");
  return { txid: found.input.path.txid, text: JSON.stringify(found.input.envelope) };
}
