import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { verifyWebhook } from "@p4/node-crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();
const webhookAllow = ["127.0.0.1"];

interface Heard {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly invoice: { readonly id: string; readonly state: string; readonly orderId: string | null };
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let url: string;
let heard: Heard[];
/** Status of the answer. */
let answer: (heard: Heard) => number;

beforeEach(async () => {
  heard = [];
  answer = () => 200;
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      const one = { ...(JSON.parse(body) as Omit<Heard, "headers" | "body">), headers: request.headers, body };
      heard.push(one);
      const status = answer(one);
      response.writeHead(status, status === 302 ? { location: `${url}/elsewhere` } : {}).end(`status ${status}`);
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(() => {
  receiver.closeAllConnections();
  receiver.close();
});

interface Made {
  readonly id: string;
  readonly secret: string;
}

async function register(body: object = { url }): Promise<Made> {
  const made = await wallet.post("/api/v1/webhooks", body);
  expect(made.status).toBe(201);
  return (await made.json()) as Made;
}

async function get<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(wallet.url + path)).json()) as Answer;
}

const typesOf = (id: string) => heard.filter(({ invoice }) => invoice.id === id).map(({ type }) => type);
const life = ["invoice.created", "invoice.broadcast", "invoice.paid", "invoice.proved"];

async function payAndProve(id: string, outputs: readonly { script: string; satoshis: number }[]): Promise<void> {
  const { txid, body } = await wallet.coins.pay(outputs);
  await wallet.ask(id, "payment", body, `pay-${id}`);
  await wallet.inState(id, "paid");
  wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid)));
  await wallet.inState(id, "proved");
}

describe("webhooks", () => {
  test("tell of an invoice's life in order, signed, with the state of that moment", async () => {
    await wallet.start({ webhookAllow });
    const { id: webhookId, secret } = await register();
    const { id, outputs } = await wallet.createConnected();
    await payAndProve(id, outputs);
    await eventually(() => expect(typesOf(id)).toEqual(life));
    expect(heard.map(({ invoice }) => invoice.state)).toEqual(["pending", "broadcast", "paid", "proved"]);
    for (const { headers, body } of heard) {
      expect(verifyWebhook(secret, String(headers["p4-signature"]), body, Date.now())).toBe(true);
      expect(verifyWebhook("whsec_other", String(headers["p4-signature"]), body, Date.now())).toBe(false);
    }
    const deliveries = await get<{ event: string; status: number; answer: string; body: string }[]>(
      `/api/v1/webhooks/${webhookId}/deliveries?invoiceId=${id}`,
    );
    expect(deliveries.map(({ event }) => event).sort()).toEqual([1, 2, 3, 4].map((n) => `${id}.${n}`));
    expect(deliveries.map(({ body }) => body).sort()).toEqual(heard.map(({ body }) => body).sort());
    expect(deliveries[0]).toMatchObject({ status: 200, answer: "status 200", delivered: true, nextAttemptAt: null });
  });

  test("are tried again after a failure, with nothing of the same invoice in between and no other invoice held up", async () => {
    await wallet.start({ webhookAllow });
    const { id: webhookId } = await register();
    answer = ({ invoice, sequence }) => (invoice.orderId === "stuck" && sequence === 1 ? 500 : 200);
    const { id: stuck } = await wallet.createInvoice({ satoshis: 1_000, orderId: "stuck" });
    await eventually(() => expect(typesOf(stuck)).toEqual(["invoice.created"]));
    await wallet.post(`/api/v1/invoices/${stuck}/cancel`);
    const other = await wallet.createConnected();
    await payAndProve(other.id, other.outputs);
    await eventually(() => expect(typesOf(other.id)).toEqual(life));
    expect(typesOf(stuck).every((type) => type === "invoice.created")).toBe(true);
    const path = `/api/v1/webhooks/${webhookId}/deliveries?invoiceId=${stuck}&limit=1`;
    expect(await get(path)).toMatchObject([
      { status: 500, delivered: false, nextAttemptAt: expect.any(String) as string },
    ]);
    answer = () => 200;
    await expect.poll(() => typesOf(stuck).at(-1), { timeout: 30_000 }).toBe("invoice.cancelled");
    expect(new Set(heard.map(({ id, body }) => `${id} ${body}`)).size).toBe(new Set(heard.map(({ id }) => id)).size);
  });

  test("that a stop or a crash cut short are delivered by the next run, also what happened before it was killed", async () => {
    await wallet.start({ webhookAllow });
    await register();
    answer = () => 503;
    const { id } = await wallet.createInvoice();
    await eventually(() => expect(typesOf(id)).not.toEqual([]));
    await wallet.stop();
    const before = typesOf(id);
    answer = () => 200;
    await wallet.start({ webhookAllow, now: () => Date.now() + 60_000 });
    await eventually(() => expect(typesOf(id)).toEqual([...before, "invoice.created"]));
  });

  test("say that an invoice has expired", async () => {
    let nowMs = Date.now();
    await wallet.start({ webhookAllow, now: () => nowMs });
    await register({ url, events: ["invoice.expired"] });
    const { id } = await wallet.createInvoice({ satoshis: 1_000, expiresIn: "1m" });
    nowMs += 61_000;
    await expect.poll(() => typesOf(id), { timeout: 30_000 }).toEqual(["invoice.expired"]);
  });

  test("are signed with the old and the new secret after a rotation, and with no third", async () => {
    await wallet.start({ webhookAllow });
    const { id, secret: first } = await register();
    const rotate = async () => ((await (await wallet.post(`/api/v1/webhooks/${id}/rotate`)).json()) as Made).secret;
    const known = async (...secrets: string[]) => {
      expect(await (await wallet.post(`/api/v1/webhooks/${id}/test`)).json()).toMatchObject({ delivered: true });
      const { headers, body } = heard.at(-1) as Heard;
      return secrets.map((secret) => verifyWebhook(secret, String(headers["p4-signature"]), body, Date.now()));
    };
    const second = await rotate();
    expect(await known(first, second)).toEqual([true, true]);
    const third = await rotate();
    expect(await known(first, second, third)).toEqual([false, true, true]);
    expect(JSON.stringify(await get("/api/v1/webhooks"))).not.toContain("whsec_");
  });

  test("are sent once more when asked, and no more after they were taken away", async () => {
    await wallet.start({ webhookAllow });
    const { id: webhookId } = await register();
    const { id } = await wallet.createInvoice();
    await eventually(() => expect(typesOf(id)).toHaveLength(1));
    const redeliver = (event: string) => wallet.post(`/api/v1/webhooks/${webhookId}/deliveries/${event}/redeliver`);
    expect(await (await redeliver(`${id}.1`)).json()).toMatchObject({ delivered: true, status: 200 });
    expect(heard.map(({ body }) => body)[0]).toBe(heard.map(({ body }) => body)[1]);
    expect((await redeliver(`${id}.9`)).status).toBe(404);
    expect((await redeliver("x")).status).toBe(404);
    expect((await fetch(`${wallet.url}/api/v1/webhooks/${webhookId}`, { method: "DELETE" })).status).toBe(204);
    expect((await redeliver(`${id}.1`)).status).toBe(404);
    expect(await get("/api/v1/webhooks")).toEqual([]);
  });

  test("follow no redirect", async () => {
    await wallet.start({ webhookAllow });
    const { id } = await register();
    answer = () => 302;
    expect(await (await wallet.post(`/api/v1/webhooks/${id}/test`)).json()).toMatchObject({
      delivered: false,
      status: 302,
    });
    expect(heard).toHaveLength(1);
  });

  test("go to no address of this machine or its network unless allowed, by number or by name", async () => {
    await wallet.start();
    const refused = await wallet.post("/api/v1/webhooks", { url });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: "PAYD_INVALID_REQUEST" }]);
    const { id } = await register({ url: url.replace("127.0.0.1", "localhost") });
    const tried = (await (await wallet.post(`/api/v1/webhooks/${id}/test`)).json()) as { error: string };
    expect(tried).toMatchObject({ delivered: false, status: null });
    expect(tried.error).toMatch(/is not a public address/);
    expect(heard).toEqual([]);
  });

  test.each([
    [{}, "url"],
    [{ url: "ftp://shop.example/" }, "url"],
    [{ url: "https://user:word@shop.example/" }, "url"],
    [{ url: "https://shop.example/#part" }, "url"],
    [{ url: `https://shop.example/${"x".repeat(2_048)}` }, "url"],
    [{ url: "http://[::ffff:10.0.0.1]/" }, "url"],
    [{ url: "http://2130706433/" }, "url"],
    [{ url: "https://shop.example/", events: ["invoice.lost"] }, "events"],
    [{ url: "https://shop.example/", events: [] }, "events"],
  ])("%j is refused and the member named", async (body, member) => {
    await wallet.start();
    const response = await wallet.post("/api/v1/webhooks", body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toMatch(new RegExp(`^${member}: `));
  });

  test("can be followed live", async () => {
    await wallet.start();
    const stop = new AbortController();
    const stream = await fetch(`${wallet.url}/api/v1/events`, { signal: stop.signal });
    const { id } = await wallet.createInvoice();
    let told = "";
    for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told += part;
      if (told.includes(id)) break;
    }
    expect(told).toContain(`id: ${id}.1\nevent: invoice.created\ndata: {"id":"${id}.1"`);
    stop.abort();
  });
});
