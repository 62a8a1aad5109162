import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { StoreError, type DocumentStore } from "@p4/event-store";
import { describe, expect, test } from "vitest";
import { success } from "./test-support/scripted-miner.ts";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();
const asPage = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

interface Shown {
  readonly stage: string;
  readonly attended: boolean;
  readonly refusal: { readonly reason: string } | null;
}

/** Follows the page's events until the test ends it. */
async function follow(
  id: string,
): Promise<{ states: Shown[]; ended: Promise<boolean>; troubles: () => number; end: () => void }> {
  const stop = new AbortController();
  const response = await fetch(`${wallet.url}/i/${id}/events`, { signal: stop.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const states: Shown[] = [];
  let troubles = 0;
  const read = async (): Promise<void> => {
    let text = "";
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^event: state\ndata: (.*)$/.exec(event)?.[1];
        if (data !== undefined) states.push(JSON.parse(data) as Shown);
        if (event.startsWith("event: trouble\n")) troubles += 1;
      }
    }
  };
  const ended = read().then(
    () => true,
    () => false,
  );
  return { states, ended, troubles: () => troubles, end: () => stop.abort() };
}

describe("an invoice", () => {
  test("joins its channel by itself, and names its checkout page", async () => {
    await wallet.start({ publicUrl: "https://shop.example" });
    const invoice = await wallet.createInvoice();
    expect(invoice).toMatchObject({ channel: "joined", checkoutUrl: `https://shop.example/i/${invoice.id}` });
    expect(wallet.server.joins.map(({ channelId }) => channelId)).toEqual([invoice.id]);
  });

  test("is made although the server is away, and joined when its page is opened", async () => {
    await wallet.start({ socketUrl: "ws://127.0.0.1:1", joinTimeoutMs: 50 });
    const { id, channel } = await wallet.createInvoice();
    expect(channel).toBe("none");
    await wallet.stop();
    await wallet.start();
    const page = await (await fetch(`${wallet.url}/i/${id}`, asPage)).text();
    expect(page).toContain("The merchant cannot be reached at the moment");
    await eventually(async () => expect((await wallet.read(id)).channel).toBe("joined"));
  });
});

describe("the checkout page", () => {
  test("has amount, memo, code and link without script, and the invoice's JSON for programs", async () => {
    await wallet.start({ walletUrl: "http://edge.example/try" });
    const invoice = await wallet.createInvoice({ satoshis: 1_500, memo: "<b>tea</b>" });
    const response = await fetch(invoice.checkoutUrl, asPage);
    const page = await response.text();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(response.headers.get("content-security-policy")).not.toContain("unsafe");
    for (const part of [
      "1,500",
      "0.00001500 BSV",
      "&lt;b>tea&lt;/b>",
      `/i/${invoice.id}/qr.svg`,
      'http-equiv="refresh"',
    ])
      expect(page).toContain(part);
    expect(page).toContain(`href="http://edge.example/try#${invoice.paymentUrl}"`);
    expect(page).not.toMatch(/<script(?! type="module" src="\/assets\/)| style=| on\w+=/);
    const code = await fetch(`${invoice.checkoutUrl}/qr.svg`);
    expect([code.status, code.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    // Without the shop's own words.
    const { orderId: _, metadata: __, refunds: ___, ...shown } = await wallet.read(invoice.id);
    expect(await (await fetch(invoice.checkoutUrl)).json()).toEqual(shown);
    for (const [, path = ""] of page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      expect((await fetch(wallet.url + path)).status, path).toBe(200);
    }
  });

  test("follows the payment: asked, checking, refused or accepted, proved", async () => {
    await wallet.start();
    const invoice = await wallet.createInvoice({ satoshis: 1_000, memo: "tea" });
    const { states, end } = await follow(invoice.id);
    const last = (): Shown | undefined => states.at(-1);
    await eventually(() => expect(last()).toMatchObject({ stage: "waiting", attended: true }));
    await wallet.ask(invoice.id, "paymentrequest.create", null, "ask-1");
    await eventually(() => expect(last()?.stage).toBe("asked"));
    await wallet.ask(invoice.id, "payment", { rawTx: "00" }, "pay-1");
    await eventually(() => expect(last()?.refusal?.reason).toContain("the payment is not valid"));
    const { body, txid } = await wallet.coins.pay(invoice.outputs);
    wallet.miner.replies = [success];
    await wallet.ask(invoice.id, "payment", body, "pay-2");
    await eventually(() => expect(last()).toMatchObject({ stage: "accepted", refusal: null, payment: { txid } }));
    const stages = [...new Set(states.map(({ stage }) => stage))];
    expect(stages.filter((stage) => stage !== "checking")).toEqual(["waiting", "asked", "accepted"]);
    end();
  });

  test("tells that the time is over when it is", async () => {
    await wallet.start();
    // Long enough for a busy machine to show it while it waits.
    const { id } = await wallet.createInvoice({ satoshis: 1_000, expiresIn: 4 });
    const { states, end } = await follow(id);
    await eventually(() => expect(states.map(({ stage }) => stage)).toEqual(["waiting", "expired"]));
    end();
  });

  test("tells that the store is away, and shows the invoice again when it is back", async () => {
    let isAway = false;
    const documents: DocumentStore = new Proxy(wallet.documents, {
      get(store, name: keyof DocumentStore) {
        if (isAway) return () => Promise.reject(new StoreError("STORE_UNAVAILABLE", "test"));
        return store[name].bind(store);
      },
    });
    await wallet.start({ documents });
    const { id } = await wallet.createInvoice();
    const { states, troubles, end } = await follow(id);
    await eventually(() => expect(states.length).toBe(1));
    isAway = true;
    await eventually(() => expect(troubles()).toBeGreaterThan(0));
    const page = await fetch(`${wallet.url}/i/${id}`, asPage);
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining("Back in a moment")]);
    isAway = false;
    await eventually(() => expect(states.length).toBe(2));
    end();
  });

  test("of an unknown invoice says so, to people and to programs", async () => {
    await wallet.start();
    const page = await fetch(`${wallet.url}/i/nosuchinvoice`, asPage);
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining("There is no such invoice")]);
    expect(await (await fetch(`${wallet.url}/i/nosuchinvoice`)).json()).toMatchObject({ code: "PAYD_INVOICE_UNKNOWN" });
    for (const path of ["events", "qr.svg"])
      expect((await fetch(`${wallet.url}/i/nosuchinvoice/${path}`)).status).toBe(404);
  });

  test("does not keep the wallet from stopping", async () => {
    await wallet.start();
    const { id } = await wallet.createInvoice();
    const { states, ended } = await follow(id);
    await eventually(() => expect(states.length).toBe(1));
    await wallet.stop();
    // Cut by the server's deadline, it would have failed.
    expect(await ended).toBe(true);
  });
});

describe("the shop", () => {
  const order = (headers: Record<string, string>) =>
    fetch(`${wallet.url}/shop/orders`, { method: "POST", redirect: "manual", headers });

  test("shows what it is, its status, links and its basket, and JSON to programs", async () => {
    await wallet.start({ walletUrl: "http://edge.example/try" });
    const page = await (await fetch(wallet.url, asPage)).text();
    for (const part of ["Your basket", ">Ready<", 'href="/docs"', 'href="/readyz"', 'href="http://edge.example/try"'])
      expect(page).toContain(part);
    const links = { invoices: "/api/v1/invoices" };
    expect(await (await fetch(wallet.url)).json()).toMatchObject({ ready: true, links });
  });

  test("says that its store is away, and shows the basket all the same", async () => {
    const documents: DocumentStore = new Proxy(wallet.documents, {
      get(store, name: keyof DocumentStore) {
        const works = store[name].bind(store);
        if (name !== "get") return works;
        return (key: string) => (key.includes("readiness") ? Promise.reject(new Error("no answer")) : store.get(key));
      },
    });
    await wallet.start({ documents });
    const page = await (await fetch(wallet.url, asPage)).text();
    for (const part of ["Not ready", "store: no answer", "Your basket"]) expect(page).toContain(part);
    expect(await (await fetch(wallet.url)).json()).toMatchObject({ ready: false });
  });

  test("leads from the basket to its checkout page", async () => {
    await wallet.start();
    const ordered = await order({ origin: wallet.url });
    expect(ordered.status).toBe(303);
    const [, , id = ""] = (ordered.headers.get("location") ?? "").split("/");
    expect(await wallet.read(id)).toMatchObject({ state: "pending", memo: "two teas and a biscuit" });
  });

  test.each(["https://evil.example", "null", ""])("takes no order of a page of %j", async (origin) => {
    await wallet.start();
    const refused = await order(origin === "" ? {} : { origin });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: "PAYD_ORIGIN_REFUSED" }]);
    expect(await (await fetch(`${wallet.url}/api/v1/invoices`)).json()).toEqual([]);
  });
});

describe("a shop's own page", () => {
  test("may show the checkout page within it, and no other page", async () => {
    await wallet.start();
    const { id } = await wallet.createInvoice();
    const policyOf = async (path: string): Promise<string> =>
      (await fetch(`${wallet.url}${path}`, asPage)).headers.get("content-security-policy") ?? "";
    expect(await policyOf(`/i/${id}?embed=1`)).toContain("frame-ancestors http: https:");
    for (const path of [`/i/${id}`, `/i/${id}?embed=0`, "/", "/?embed=1", "/i/unknown?embed=1"]) {
      expect(await policyOf(path), path).toContain("frame-ancestors 'none'");
    }
  });

  test("loads the script for that from a path that stays", async () => {
    await wallet.start();
    const response = await fetch(`${wallet.url}/embed.js`);
    expect(response.status).toBe(200);
    expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(response.headers.get("content-type")).toContain("text/javascript");
    const script = await response.text();
    // A plain script, not a module: pages of any age may load it.
    expect(script).not.toMatch(/^(import|export)\b/m);
    expect(gzipSync(script).length).toBeLessThan(2_000);
  });
});

test("what a checkout page loads is at most 40 kB, compressed", () => {
  const bundles = ["apps/payd", "libs/pages"].map((root) =>
    join(import.meta.dirname, "../../..", root, "dist/browser"),
  );
  const files = bundles.flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)));
  const loaded = files.filter((file) => /(checkout\.(js|css)|pages\.css)$/.test(file));
  expect(loaded.length).toBe(3);
  const bytes = loaded.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  expect(bytes).toBeLessThan(40_000);
});
