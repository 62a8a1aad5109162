import { describe, expect, test } from "vitest";
import { type InvoiceView, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

describe("invoices", () => {
  test("are created with what a till shows, listed and read", async () => {
    await wallet.start({ publicSocketUrl: "wss://pay.example" });
    const created = await wallet.post("/api/v1/invoices", { satoshis: 1_000, memo: "tea", expiresIn: "15m" });
    expect(created.status).toBe(201);
    const invoice = (await created.json()) as InvoiceView;
    expect(created.headers.get("location")).toBe(`/api/v1/invoices/${invoice.id}`);
    expect(invoice.id).toMatch(/^[A-Za-z0-9]{8,20}$/);
    // The expression with which PayD recognises a payment URL.
    expect(invoice.paymentUrl).toMatch(/^(wss?:\/\/[a-zA-Z0-9-_.:/]+\/ws)\/([a-zA-Z0-9]{6,})$/);
    expect(invoice.uri).toBe(`bitcoin:?sv&r=${encodeURIComponent(`wss://pay.example/ws/${invoice.id}`)}`);
    expect(invoice.state).toBe("pending");
    const second = await wallet.createInvoice({ satoshis: 2_000 });
    expect(second.outputs[0]?.script).not.toBe(invoice.outputs[0]?.script);
    const list = (await (await fetch(`${wallet.url}/api/v1/invoices`)).json()) as InvoiceView[];
    expect(list.map(({ id }) => id).sort()).toEqual([invoice.id, second.id].sort());
    expect(await wallet.read(invoice.id)).toEqual(invoice);
  });

  test.each([
    [{}, "satoshis"],
    [{ satoshis: 0 }, "satoshis"],
    [{ satoshis: 1.5 }, "satoshis"],
    [{ satoshis: "1" }, "satoshis"],
    [{ satoshis: 1, memo: 5 }, "memo"],
    [{ satoshis: 1, expiresIn: "soon" }, "expiresIn"],
    [{ satoshis: 1, expiresIn: 0 }, "expiresIn"],
    [{ satoshis: 1, tip: 5 }, "tip"],
    [[], "body"],
  ])("%j is refused and the member named", async (body, member) => {
    await wallet.start();
    const response = await wallet.post("/api/v1/invoices", body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toContain(`${member}:`);
  });

  test("an unknown one is 404", async () => {
    await wallet.start();
    for (const id of ["nosuchinvoice", "no.such", "%2e%2e"]) {
      expect((await fetch(`${wallet.url}/api/v1/invoices/${id}`)).status).toBe(404);
    }
  });
});

describe("connect", () => {
  test("joins as the merchant, once, and answers as documented and as deployed", async () => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    const deployed = await wallet.post(`/api/v1/socket/connect/${id}`);
    expect(deployed.status).toBe(201);
    expect(wallet.server.joins.map(({ channelId }) => channelId)).toEqual([id]);
    expect(wallet.server.joins[0]?.query.get("internal")).toBe("true");
    expect((await wallet.read(id)).channel).toBe("joined");
  });

  test("PayD's route says what is wrong by its status", async () => {
    await wallet.start({ socketUrl: "ws://127.0.0.1:1", joinTimeoutMs: 50 });
    const { id } = await wallet.createInvoice();
    const statuses = ["nosuchinvoice", "no.such", id].map(
      async (each) => (await wallet.post(`/api/v1/socket/connect/${each}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 503]);
  });

  test("is 500 for an unknown invoice and for a server that is away", async () => {
    await wallet.start({ socketUrl: "ws://127.0.0.1:1", joinTimeoutMs: 50 });
    expect((await wallet.post("/connect/nosuchinvoice")).status).toBe(500);
    const { id } = await wallet.createInvoice();
    expect((await wallet.post(`/connect/${id}`)).status).toBe(500);
    // Nothing keeps trying behind the caller's back.
    expect(await (await fetch(`${wallet.url}/metrics`)).text()).toMatch(/p4_payd_channels\{app="payd"\} 0/);
  });
});

describe("payment request", () => {
  test("has go-dpp's form and stays the same when the fees change", async () => {
    await wallet.start();
    const invoice = await wallet.createConnected();
    const first = await wallet.ask(invoice.id, "paymentrequest.create", null, "ask-1");
    expect(first.key).toBe("paymentrequest.response");
    expect(first.body).toMatchObject({
      network: "regtest",
      ancestryRequired: true,
      destinations: { outputs: [{ amount: 1_000, script: invoice.outputs[0]?.script, description: "tea" }] },
      paymentUrl: invoice.paymentUrl,
      memo: "tea",
      merchantData: { extendedData: { paymentReference: invoice.id } },
      fees: { standard: { miningFee: { satoshis: 50, bytes: 1000 } } },
    });
    wallet.miner.quote = { status: 503 };
    const second = await wallet.ask(invoice.id, "paymentrequest.create", null, "ask-2");
    expect(second.body).toEqual(first.body);
  });

  test("fails aloud while the miner gives no quote", async () => {
    await wallet.start();
    const { id } = await wallet.createConnected();
    wallet.miner.quote = { status: 503 };
    const answer = await wallet.ask(id, "paymentrequest.create", null, "ask-1");
    expect(answer.key).toBe("paymentrequest.error");
    expect(answer.body).toMatchObject({ id, code: "PAYD_MINER_UNAVAILABLE" });
  });
});
