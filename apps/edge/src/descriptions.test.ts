import { readFileSync } from "node:fs";
import { describedOperations } from "@p4/api-docs";
import type { Json } from "@p4/api-docs/testing";
import { messageKeys } from "@p4/protocol";
import { wallClock, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { ack, failedAck, payment, terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { joinPeer, type Peer } from "./test-support/peer.ts";
import { PublishedSchemas } from "./test-support/published-schemas.ts";

const nats = withNatsServer();
const vectors: { name: string; input: Json }[] = JSON.parse(
  readFileSync(new URL("../../../libs/spv/vectors/envelopes.json", import.meta.url), "utf8"),
).cases;

function callback(name: string): { txid: string; body: string } {
  const { path, envelope, rawBody } = vectors.find((vector) => vector.name === name)!.input;
  return { txid: path.txid, body: rawBody ?? JSON.stringify(envelope) };
}

const proof = callback("object-payload-header-target");
const doubleSpend = callback("double-spend-attempt");

describe("what the edge publishes at /docs", () => {
  let edge: TestEdge;
  let published: PublishedSchemas;
  beforeAll(async () => {
    edge = await startTestEdge(nats.url, { P4_MAX_MESSAGE_BYTES: "20000" });
    published = await PublishedSchemas.of(edge.port);
  });

  const bridge = "/api/v1/payment/{paymentID}";
  const postJson = (body: unknown, headers: Record<string, string> = {}) => ({
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

  /** A merchant that answers what it is asked, and its channel. */
  async function merchant(answers: Record<string, [key: string, body: unknown]>): Promise<Record<"paymentID", string>> {
    const id = newChannelId();
    const peer = await edge.join(`${id}?role=merchant&dialect=p4`);
    peer.socket.addEventListener("message", ({ data }) => {
      const { key, correlationID } = JSON.parse(String(data)) as { key: string; correlationID: string };
      const answer = answers[key];
      if (answer !== undefined) peer.say(answer[0], { correlationID, body: answer[1] });
    });
    return { paymentID: id };
  }

  async function expectAnswer(status: number, call: ReturnType<PublishedSchemas["call"]>) {
    const answer = await call;
    expect([answer.status, answer.problems]).toEqual([status, []]);
    return answer;
  }

  it("describes every route that is mounted, and none that is not", async () => {
    const paths = Object.entries<Json>(published.openApi.paths);
    const described = paths.flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      describedOperations.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`).sort(),
    );
    expect(paths.filter(([, item]) => JSON.stringify(item).includes("x-undescribed"))).toEqual([]);
    for (const line of described) {
      const [method, path] = line.split(" ") as ["GET" | "POST", string];
      const { text } = await published.call(method, path, { values: { channelID: "a.b", paymentID: "a.b" } });
      expect(text, line).not.toMatch(/HTTP_NOT_FOUND|HTTP_METHOD_NOT_ALLOWED/);
    }
  });

  it("describes every error that a message or a join can meet, once", () => {
    const { wallet } = published.asyncApi.channels;
    const errors: { code: string }[] = published.asyncApi.components.messages.error["x-error-codes"];
    expect(new Set(errors.map(({ code }) => code)).size).toBe(errors.length);
    const expected = ["WIRE_NOT_JSON", "ALREADY_PAID", "EDGE_UNAVAILABLE"];
    expect(errors.map(({ code }) => code)).toEqual(expect.arrayContaining(expected));
    const refused: { code: string; status: number; closeCode: number | null }[] = wallet["x-refused-joins"];
    expect(refused).toEqual(expect.arrayContaining([expect.objectContaining({ code: "EDGE_TOKEN", status: 401 })]));
    const codes: number[] = wallet["x-close-codes"].map(({ code }: { code: number }) => code);
    for (const { closeCode } of refused) if (closeCode !== null) expect(codes).toContain(closeCode);
    const described = Object.keys(published.openApi.paths["/ws/{channelID}"].get.responses).map(Number);
    for (const { status } of refused) expect(described).toContain(status);
  });

  it.each(["p4", "dpp"])("describes every frame of a whole conversation in %s", async (dialect) => {
    const id = newChannelId();
    const dpp = dialect === "dpp";
    const seller = await edge.join(`${id}?role=merchant&receipts=true&dialect=${dialect}`);
    const buyer = await edge.join(`${id}?dialect=${dialect}`);
    const undecided = await edge.join(id);
    const say = (peer: Peer, key: string, body: unknown = null): void => {
      peer.send(
        dpp
          ? { type: key, messageId: Math.random().toString(), body, headers: { "X-Own": ["a", "b"] } }
          : { key, body },
      );
    };
    say(buyer, "paymentrequest.create");
    await seller.hear("paymentrequest.create");
    say(seller, "paymentrequest.error", { code: "E1", message: "no", title: "no", id: "1" });
    await buyer.hear("paymentrequest.error");
    say(seller, "paymentrequest.response", terms);
    say(seller, "nonsense");
    seller.send("{");
    seller.send(dpp ? { type: "payment", body: [] } : { key: "payment", body: [] });
    seller.send("x".repeat(15_000));
    await seller.hear("error", 4);
    await buyer.hear("paymentrequest.response");
    say(buyer, "payment", payment);
    await seller.hear("payment");
    say(seller, "payment.error", { code: 7 });
    await buyer.hear("payment.error");
    say(buyer, "payment", { ...payment, memo: "again" });
    await seller.hear("payment", 2);
    say(seller, "payment.ack", ack);
    await buyer.hear("payment.ack");
    for (const { txid, body } of [proof, doubleSpend]) {
      await expectAnswer(201, published.call("POST", "/proofs/{txid}", { values: { txid }, query: `?i=${id}`, body }));
    }
    await seller.hear("doublespend.notify");
    await buyer.hear("proof.create");
    const resumed = await edge.join(`${id}?since=0&role=customer&dialect=${dialect}`);
    await resumed.hear("proof.create");
    await undecided.hear("proof.create");
    for (const { texts } of [seller, buyer, undecided, resumed]) {
      for (const text of texts) expect(published.frameProblems(text), text).toEqual([]);
    }
    const health = await edge.join(`health?dialect=${dialect}`);
    expect(published.frameProblems(health.texts[0]!, "health.join.success")).toEqual([]);
  });

  it("describes the end of a channel, and has then seen every message but those that miners cause", async () => {
    const clock = wallClock();
    const short = await startTestEdge(nats.url, { P4_CHANNEL_TTL: "1h" });
    const id = newChannelId();
    const buyer = await joinPeer(short.url(`${id}?role=customer&dialect=p4`));
    clock.pass(3_600_000);
    buyer.say("paymentrequest.create");
    await buyer.hear("channel.expired");
    const late = await joinPeer(short.url(`${id}?role=customer&dialect=dpp`));
    await late.closed();
    for (const text of [...buyer.texts, ...late.texts]) expect(published.frameProblems(text), text).toEqual([]);
    const gone = await PublishedSchemas.of(short.port);
    await expectAnswer(410, gone.call("GET", bridge, { values: { paymentID: id } }));
    await expectAnswer(410, gone.call("POST", bridge, { values: { paymentID: id }, ...postJson(payment) }));
    await expectAnswer(
      204,
      gone.call("GET", "/channels/{channelID}/events", { values: { channelID: id }, query: `?since=${late.sequence}` }),
    );
    const seller = await edge.join(`${newChannelId()}?role=merchant&dialect=p4`);
    seller.say("channel.close");
    await seller.hear("channel.closed");
    // No one hears the merchant's own message: its form is the greeting's.
    const asked = seller.texts[0]!.replace('"join.success"', '"channel.close"');
    for (const text of [...seller.texts, asked]) expect(published.frameProblems(text), text).toEqual([]);
    const unheard = messageKeys.filter((key) => !published.heard.has(key));
    expect(unheard).toEqual(["transaction.rejected", "proof.revoked"]);
  });

  it("describes the bridge's answers", async () => {
    const quick = await merchant({
      "paymentrequest.create": ["paymentrequest.response", terms],
      payment: ["payment.ack", ack],
    });
    await expectAnswer(200, published.call("GET", bridge, { values: quick }));
    const typed = { accept: "application/bitcoinsv-paymentack" };
    await expectAnswer(201, published.call("POST", bridge, { values: quick, ...postJson(payment, typed) }));
    await expectAnswer(409, published.call("GET", bridge, { values: quick }));
    await expectAnswer(409, published.call("POST", bridge, { values: quick, ...postJson({ ...payment, memo: "2" }) }));
    const strict = await merchant({ payment: ["payment.ack", failedAck] });
    await expectAnswer(
      422,
      published.call("POST", bridge, { values: strict, ...postJson(payment, { "idempotency-key": "k" }) }),
    );
    await expectAnswer(
      422,
      published.call("POST", bridge, { values: strict, ...postJson({ rawTx: "00" }, { "idempotency-key": "k" }) }),
    );
    for (const [code, status] of [
      ["404", 404],
      ["E1", 500],
    ] as const) {
      const failing = await merchant({ "paymentrequest.create": ["paymentrequest.error", { code, message: "no" }] });
      await expectAnswer(status, published.call("GET", bridge, { values: failing }));
    }
    const silent = await merchant({});
    const pending = await expectAnswer(
      202,
      published.call("POST", bridge, { values: silent, ...postJson(payment, { prefer: "wait=0" }) }),
    );
    const answerPath = `${bridge}/answers/{answerID}`;
    const values = { ...silent, answerID: pending.headers.get("location")!.split("/").at(-1)! };
    await expectAnswer(202, published.call("GET", answerPath, { values, headers: { prefer: "wait=0" } }));
    await expectAnswer(404, published.call("GET", answerPath, { values: { ...silent, answerID: "none" } }));
    await expectAnswer(400, published.call("GET", bridge, { values: { paymentID: "a.b" } }));
    await expectAnswer(400, published.call("POST", bridge, { values: silent, ...postJson("{") }));
    await expectAnswer(404, published.call("GET", bridge, { values: { paymentID: newChannelId() } }));
    await expectAnswer(413, published.call("POST", bridge, { values: silent, ...postJson("x".repeat(30_000)) }));
    const events = "/channels/{channelID}/events";
    await expectAnswer(200, published.call("GET", events, { values: { channelID: silent.paymentID } }));
    await expectAnswer(404, published.call("GET", events, { values: { channelID: newChannelId() } }));
    await expectAnswer(400, published.call("GET", events, { values: { channelID: "a.b" } }));
  });

  it("describes what it streams: the document's wrapper, one frame an event", async () => {
    const { paymentID: id } = await merchant({
      "paymentrequest.create": ["paymentrequest.response", terms],
      payment: ["payment.ack", ack],
    });
    await published.call("GET", bridge, { values: { paymentID: id } });
    await published.call("POST", bridge, { values: { paymentID: id }, ...postJson(payment) });
    const stop = new AbortController();
    const headers = { "last-event-id": "0" };
    const stream = await fetch(`http://127.0.0.1:${edge.port}/channels/${id}/events`, { headers, signal: stop.signal });
    let text = "";
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes("event: invoice.paid\n") && text.endsWith("\n\n")) break;
    }
    stop.abort();
    const frames = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data!);
    expect(frames.map((frame) => (JSON.parse(frame) as { key: string }).key)).toEqual([
      "paymentrequest.response",
      "invoice.paid",
    ]);
    for (const frame of frames) expect(published.frameProblems(frame)).toEqual([]);
  });

  it.each(["", "/api/v1"])("describes the answers to callbacks under %j", async (prefix) => {
    const { paymentID: id } = await merchant({});
    const path = `${prefix}/proofs/{txid}`;
    const post = (name: string, query = `?i=${id}`, more: object = {}) => {
      const { txid, body } = callback(name);
      return published.call("POST", path, { values: { txid }, query, body, ...more });
    };
    await expectAnswer(201, post("object-payload-header-target"));
    await expectAnswer(201, post("seed-example-as-printed"));
    await expectAnswer(400, post("tampered-node"));
    await expectAnswer(400, post("payload-null"));
    await expectAnswer(400, post("object-payload-header-target", ""));
    await expectAnswer(404, post("object-payload-header-target", `?i=${newChannelId()}`));
    await expectAnswer(
      415,
      post("payload-null", `?i=${id}`, { headers: { "content-type": "application/octet-stream" } }),
    );
    await expectAnswer(
      413,
      published.call("POST", path, { values: { txid: proof.txid }, query: `?i=${id}`, body: "x".repeat(1_100_000) }),
    );
    const callbacks = `${prefix}/callbacks`;
    const arc = { txid: proof.txid, txStatus: "SEEN_ON_NETWORK", timestamp: "2026-01-15T10:00:00Z" };
    await expectAnswer(201, published.call("POST", callbacks, { query: `?i=${id}`, ...postJson(arc) }));
    const batch = { callbacks: [arc, { ...arc, txid: "none" }] };
    await expectAnswer(201, published.call("POST", callbacks, { query: `?i=${id}`, ...postJson(batch) }));
    await expectAnswer(
      400,
      published.call("POST", callbacks, { query: `?i=${id}`, ...postJson({ txStatus: "MINED" }) }),
    );
    const read = await expectAnswer(200, published.call("GET", path, { values: { txid: proof.txid } }));
    const { proofs, notices } = JSON.parse(read.text) as { proofs: unknown[]; notices: { status: string }[] };
    expect(proofs.length).toBeGreaterThan(0);
    expect(notices.map(({ status }) => status)).toContain("SEEN_ON_NETWORK");
    await expectAnswer(404, published.call("GET", path, { values: { txid: "ab".repeat(32) } }));
    await expectAnswer(400, published.call("GET", path, { values: { txid: "xyz" } }));
  });

  it("describes operations, descriptions and refused joins", async () => {
    for (const path of ["/livez", "/readyz", "/metrics", "/docs", "/docs/asyncapi.json", "/docs/openapi.json"]) {
      await expectAnswer(200, published.call("GET", path));
    }
    await expectAnswer(426, published.call("GET", "/ws/{channelID}", { values: { channelID: newChannelId() } }));
    await expectAnswer(426, published.call("GET", "/ws/health"));
    const guarded = await startTestEdge(nats.url, {
      P4_JOIN_POLICY: "token",
      P4_JOIN_SECRET: "s".repeat(32),
      P4_CALLBACK_TOKEN: "t".repeat(32),
    });
    const schemas = await PublishedSchemas.of(guarded.port);
    await expectAnswer(401, schemas.call("GET", bridge, { values: { paymentID: newChannelId() } }));
    await expectAnswer(
      401,
      schemas.call("POST", "/proofs/{txid}", { values: { txid: proof.txid }, query: "?i=abc123", body: proof.body }),
    );
    const described = Object.keys(published.openApi.paths["/ws/{channelID}"].get.responses);
    expect(described).toEqual(expect.arrayContaining(["101", "400", "401", "404", "429", "503"]));
    expect((await guarded.upgrade(newChannelId())).status).toBe(401);
  });
});
