import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { provisionWebhooks } from "@p4/app";
import { verifyWebhook } from "@p4/node-crypto";
import { tempDir } from "@p4/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const attempt = {
  event: "invoice1.3",
  type: "invoice.paid",
  attempt: 2,
  at: "2026-11-23T09:30:00.000Z",
  delivered: false,
  status: 500,
  answer: "broken",
  error: null,
  nextAttemptAt: "2026-11-23T09:30:02.000Z",
  body: '{"id":"invoice1.3"}',
};

function payd(asked: string[], key = ""): Promise<string> {
  return serve((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (key !== "" && request.headers.authorization !== `Bearer ${key}`) {
      return answer(401, { code: "PAYD_API_KEY_REQUIRED", detail: "authorization: must be `Bearer` and an API key" });
    }
    if (request.url === "/api/v1/webhooks") {
      return answer(200, [{ id: "webhook1", url: "https://shop.example/", events: ["invoice.paid"] }]);
    }
    if (request.method === "GET") return answer(200, [attempt]);
    answer(200, { delivered: request.url?.endsWith("test") ?? false, status: 200, answer: "", error: null });
  });
}

it("lists webhooks with what was delivered and answered", async () => {
  const asked: string[] = [];
  const url = await payd(asked);
  const plain = await runP4(["webhook", "list", "--payd", url, "--invoice", "invoice1"]);
  expect([plain.exitCode, plain.err]).toEqual([0, ""]);
  expect(plain.out).toMatch(/webhook1 {2}https:\/\/shop\.example\/\n(.*\n)*.*invoice1\.3 +invoice\.paid +2 +500 +2026/);
  expect(asked[1]).toBe("GET /api/v1/webhooks/webhook1/deliveries?limit=20&invoiceId=invoice1");
  const bodies = await runP4(["webhook", "list", "--payd", url, "--bodies"]);
  expect(bodies.out).toMatch(/sent {6}\{"id":"invoice1\.3"\}\n +answered {2}broken/);
});

it("sends a test or an event once more, and fails where it was not delivered", async () => {
  const asked: string[] = [];
  const url = await payd(asked);
  expect(await runP4(["webhook", "test", "webhook1", "--payd", url])).toMatchObject({
    exitCode: 0,
    out: "delivered: 200",
  });
  expect((await runP4(["webhook", "redeliver", "webhook1", "invoice1.3", "--payd", url])).exitCode).toBe(1);
  expect(asked).toEqual([
    "POST /api/v1/webhooks/webhook1/test",
    "POST /api/v1/webhooks/webhook1/deliveries/invoice1.3/redeliver",
  ]);
  expect((await runP4(["webhook", "redeliver", "webhook1", "../up", "--payd", url])).exitCode).toBe(2);
});

it("brings its API key from the environment, and says what to do without one", async () => {
  const url = await payd([], "p4k_1");
  expect((await runP4(["webhook", "list", "--payd", url], { env: { API_KEY: "p4k_1" } })).exitCode).toBe(0);
  const refused = await runP4(["webhook", "list", "--payd", url, "--json"]);
  expect([refused.exitCode, refused.json()]).toMatchObject([1, { error: { code: "PAYD_API_KEY_REQUIRED" } }]);
  expect((await runP4(["webhook", "list", "--payd", "http://127.0.0.1:1"])).exitCode).toBe(3);
});

it("forwards events to a local program, signed with the secret that it prints", async () => {
  const body = '{"id":"invoice1.1","type":"invoice.created"}';
  let rounds = 0;
  const url = await serve((_request, response) => {
    rounds += 1;
    // The wallet restarts after its first event, and is not ready at once.
    if (rounds === 2) return void response.writeHead(503).end('{"code":"HTTP_DRAINING","detail":"shutting down"}');
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`:\n\nid: invoice1.1\nevent: invoice.created\ndata: ${body}\n\n`);
    if (rounds === 1) response.end();
  });
  const heard: { readonly body: string; readonly signature: string }[] = [];
  const forwardTo = await serve((request, response) => {
    void text(request).then((sent) => {
      heard.push({ body: sent, signature: String(request.headers["p4-signature"]) });
      response.writeHead(204).end();
    });
  });
  const stop = new AbortController();
  const running = runP4(["listen", "--forward-to", forwardTo, "--payd", url], { signal: stop.signal });
  await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 30_000 });
  stop.abort();
  const { out } = await running;
  const secret = /^secret (whsec_\S+)$/m.exec(out)?.[1] ?? "";
  for (const { body: sent, signature } of heard) {
    expect(sent).toBe(body);
    expect(verifyWebhook(secret, signature, sent, Date.now())).toBe(true);
  }
  expect(out).toContain("invoice.created  invoice1.1  204");
});

describe("with --log", () => {
  const log = withRecordedLog();
  const dataDir = tempDir();
  const p4 = (...args: readonly string[]) =>
    runP4([...args, "--log", "--json"], { env: { ...log.env, P4_DATA_DIR: dataDir } });

  it("keeps the webhooks of the log at the broker, and sends a test and an event once more from here", async () => {
    await provisionWebhooks(log.node.broker, { region: "local", replicas: 1 });
    const heard: string[] = [];
    const target = await serve((request, response) => {
      void text(request).then((body) => {
        heard.push((JSON.parse(body) as { type: string }).type);
        response.end("taken");
      });
    });
    const refused = await p4("webhook", "add", target);
    expect([refused.exitCode, refused.err + refused.out]).toEqual([2, expect.stringMatching(/public address/)]);
    mkdirSync(join(dataDir, "payd"));
    writeFileSync(join(dataDir, "payd", "webhook-allow"), "127.0.0.1\n");
    expect((await p4("webhook", "add", target, "--events", "channel.lost")).exitCode).toBe(2);
    const added = (await p4("webhook", "add", target)).json<{ id: string; secret: string }>();
    expect(added.secret).toMatch(/^whsec_/);
    await log.record("told");
    expect((await p4("webhook", "test", added.id)).json()).toMatchObject({ delivered: true, status: 200 });
    const version = (await log.node.log.streamVersions(["told"])).get("told") ?? 0;
    const event = `told.${version}`;
    expect((await p4("webhook", "redeliver", added.id, event)).exitCode).toBe(0);
    expect((await p4("webhook", "redeliver", added.id, `told.${version + 1}`)).exitCode).toBe(1);
    expect(heard).toEqual(["webhook.test", "channel.opened"]);
    const listed = await p4("webhook", "list", "--invoice", "told");
    expect(listed.out).not.toContain("whsec_");
    expect(listed.json()).toMatchObject({
      webhooks: [{ id: added.id, deliveries: [{ event, type: "channel.opened", attempt: 0, answer: "taken" }] }],
    });
    expect((await p4("webhook", "rotate", added.id)).json()).toMatchObject({
      secret: expect.not.stringMatching(added.secret),
    });
    expect((await p4("webhook", "remove", added.id)).exitCode).toBe(0);
    expect((await p4("webhook", "list")).json()).toEqual({ webhooks: [] });
    expect((await p4("webhook", "test", added.id)).exitCode).toBe(1);
  });
});
