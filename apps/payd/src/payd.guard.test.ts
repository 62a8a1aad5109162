import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly type?: string;
  readonly body?: string;
}

/** With exactly these headers: fetch sets some of its own. */
function send({ method = "GET", path = "/api/v1/invoices", host, origin, type, body }: Sent): Promise<{
  readonly status: number;
  readonly body: { readonly code?: string; readonly detail?: string };
}> {
  const { hostname, port } = new URL(wallet.url);
  const headers = {
    host: host ?? `127.0.0.1:${port}`,
    ...(origin !== undefined && { origin: origin.replace("PORT", port) }),
    ...(type !== undefined && { "content-type": type }),
    "content-length": String(Buffer.byteLength(body ?? "")),
  };
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body: text === "" ? {} : JSON.parse(text) });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const order = { method: "POST", type: "application/json", body: '{"satoshis":1000}' };

describe("a page in a browser", () => {
  test.each(["evil.example", "evil.example:8443", "127.0.0.1.evil.example", "10.0.0.7", "localhost@evil", "[::2]"])(
    "reads nothing under the host name %j: DNS rebinding",
    async (host) => {
      await wallet.start();
      for (const path of ["/api/v1/invoices", "/api/v1/invoices/invoice1"]) {
        const refused = await send({ host, path });
        expect([refused.status, refused.body]).toMatchObject([403, { code: "PAYD_HOST_REFUSED" }]);
        expect(refused.body.detail).toMatch(/^host: /);
      }
      expect((await send({ ...order, host })).status).toBe(403);
      expect((await send({ method: "POST", path: "/connect/invoice1", host })).status).toBe(403);
    },
  );

  test.each(["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost:PORT", "", "http://127.0.0.1"])(
    "of the origin %j changes nothing",
    async (origin) => {
      await wallet.start();
      for (const path of ["/api/v1/invoices", "/connect/invoice1", "/api/v1/socket/connect/invoice1"]) {
        const refused = await send({ ...order, path, origin });
        expect([refused.status, refused.body]).toMatchObject([403, { code: "PAYD_ORIGIN_REFUSED" }]);
      }
    },
  );

  test.each([undefined, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"])(
    "sends no simple post: content type %s",
    async (type) => {
      await wallet.start();
      const { body, method } = order;
      const refused = await send({ method, body, ...(type !== undefined && { type }) });
      expect([refused.status, refused.body]).toMatchObject([415, { code: "PAYD_CONTENT_TYPE" }]);
      expect(await (await fetch(`${wallet.url}/api/v1/invoices`)).json()).toEqual([]);
    },
  );
});

describe("a program", () => {
  test("orders and connects as before, with and without the headers of a browser", async () => {
    await wallet.start();
    for (const sent of [
      order,
      { ...order, type: "Application/JSON; charset=utf-8" },
      { ...order, host: "localhost:8443" },
      { ...order, host: "LOCALHOST" },
      { ...order, host: "[::1]:8443" },
      { ...order, host: "127.3.2.1" },
      { ...order, host: "till.localhost" },
      { ...order, origin: "http://127.0.0.1:PORT" },
    ]) {
      expect((await send(sent)).status).toBe(201);
    }
    const { id } = await wallet.createInvoice();
    // curl -X POST
    expect((await send({ method: "POST", path: `/connect/${id}` })).status).toBe(204);
    expect((await send({ path: `/api/v1/invoices/${id}`, origin: "https://evil.example" })).status).toBe(200);
  });

  test("calls it by the names that it was given", async () => {
    await wallet.start({ allowedHosts: ["Till.Example"] });
    // By a name that is not this machine's own it takes a key.
    expect((await send({ ...order, host: "till.example:8443" })).status).toBe(401);
    expect((await send({ ...order, host: "other.example" })).status).toBe(403);
  });

  test("calls it by any address where it listens on all of them, but by no other name", async () => {
    await wallet.start({ host: "0.0.0.0" });
    expect((await send({ ...order, host: "10.0.0.7:8443" })).status).toBe(401);
    expect((await send({ ...order, host: "evil.example" })).status).toBe(403);
  });

  test("asks for its health by any name", async () => {
    await wallet.start();
    expect((await send({ path: "/readyz", host: "10.0.0.7" })).status).toBe(200);
  });
});
