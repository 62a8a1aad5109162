import { readFileSync } from "node:fs";
import { waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { Collector } from "./test-support/collector.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";

const nats = withNatsServer();
const trace = { id: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7" };
const traceparent = `00-${trace.id}-${trace.span}-01`;

let collector: Collector;
let one: TestEdge;
let two: TestEdge;

beforeAll(async () => {
  collector = await Collector.start();
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20S3cret",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=test",
  };
  one = await startTestEdge(nats.url, settings);
  two = await startTestEdge(nats.url, settings);
}, 120_000);

describe("a payment over two edges", () => {
  it("is one trace: the wallet's, its frame, the decision, the append, and the delivery at the merchant's edge", async () => {
    const channelId = newChannelId();
    const merchant = await two.join(`${channelId}?role=merchant&dialect=p4`);
    const customer = await one.join(`${channelId}?role=customer&dialect=p4`, [], { traceparent });
    customer.say("payment", { body: { rawTx: "01", memo: "S3cret memo" } });
    await merchant.hear("payment");

    const [delivered] = await collector.named("deliver PaymentSubmitted", channelId);
    const [appended] = await collector.named("append PaymentSubmitted", channelId);
    const [received] = await collector.named("receive payment", channelId);
    const spans = [received, appended, delivered];
    expect(spans.map((span) => span?.traceId)).toEqual([trace.id, trace.id, trace.id]);
    expect(spans.map((span) => span?.parentSpanId)).toEqual([trace.span, received?.spanId, appended?.spanId]);
    expect(spans.map((span) => span?.attributes["p4.node.id"])).toEqual([one.nodeId, one.nodeId, two.nodeId]);
    expect(spans.map((span) => span?.kind)).toEqual([2, 4, 5]);
    const sequence = merchant.sequence;
    expect(spans.map((span) => span?.attributes["p4.sequence"])).toEqual([sequence, sequence, sequence]);
    expect(received).toMatchObject({ service: "p4-edge", attributes: { "p4.outcome": "stored" }, status: {} });
    const decisions = await collector.named("decide", channelId);
    expect(decisions).toContainEqual(expect.objectContaining({ traceId: trace.id, parentSpanId: received?.spanId }));
    for (const span of spans)
      expect(Number(span?.endTimeUnixNano)).toBeGreaterThanOrEqual(Number(span?.startTimeUnixNano));
  });

  it("is delivered at the sender's own edge in the same way, and a refusal has its code", async () => {
    const channelId = newChannelId();
    const merchant = await one.join(`${channelId}?role=merchant&dialect=p4`);
    const customer = await one.join(`${channelId}?role=customer&dialect=p4`);
    customer.say("payment", { body: { rawTx: "01" } });
    await merchant.hear("payment");
    const [appended] = await collector.named("append PaymentSubmitted", channelId);
    const [delivered] = await collector.named("deliver PaymentSubmitted", channelId);
    expect(delivered).toMatchObject({ traceId: appended?.traceId, parentSpanId: appended?.spanId });
    const [received] = await collector.named("receive payment", channelId);
    // No wallet's trace: one that begins here.
    expect(received).not.toHaveProperty("parentSpanId");
    expect(received?.traceId).not.toBe(trace.id);

    customer.say("payment", { body: { rawTx: "02" } });
    await customer.hear("error");
    const [, refused] = await collector.named("receive payment", channelId, 2);
    expect(refused?.attributes).toMatchObject({ "p4.outcome": "refused", "p4.code": "PAYMENT_PENDING" });
  });

  it("that comes over HTTP belongs to the trace of its request", async () => {
    const channelId = newChannelId();
    const merchant = await two.join(`${channelId}?role=merchant&dialect=p4`);
    const answer = fetch(`http://127.0.0.1:${String(one.port)}/api/v1/payment/${channelId}`, {
      method: "POST",
      headers: { "content-type": "application/json", prefer: "wait=0", traceparent },
      body: JSON.stringify({ rawTx: "01" }),
    });
    await merchant.hear("payment");
    expect((await answer).status).toBe(202);
    const [received] = await collector.named("receive payment", channelId);
    expect(received).toMatchObject({ traceId: trace.id, parentSpanId: trace.span });
    const [delivered] = await collector.named("deliver PaymentSubmitted", channelId);
    expect(delivered?.traceId).toBe(trace.id);
  });

  it("is not recorded where its wallet does not record it", async () => {
    const channelId = newChannelId();
    const merchant = await two.join(`${channelId}?role=merchant&dialect=p4`);
    const unsampled = `00-${"ab".repeat(16)}-${trace.span}-00`;
    const customer = await one.join(`${channelId}?role=customer&dialect=p4`, [], { traceparent: unsampled });
    customer.say("payment", { body: { rawTx: "01" } });
    await merchant.hear("payment");
    merchant.say("payment.ack", { body: {} });
    await customer.hear("payment.ack");
    // These of both nodes come after what there would be of the payment.
    await collector.named("append PaymentAccepted", channelId);
    await collector.named("deliver PaymentAccepted", channelId);
    expect(collector.spans.filter(({ traceId }) => traceId === "ab".repeat(16))).toEqual([]);
  });
});

it("a miner's callback is one trace, from the request to the wallets' sockets", async () => {
  const vectors = new URL("../../../libs/spv/vectors/envelopes.json", import.meta.url);
  const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as {
    cases: { name: string; input: { path: { txid: string }; envelope: object } }[];
  };
  const proof = cases.find(({ name }) => name === "seed-example-as-printed")?.input;
  const channelId = newChannelId();
  const merchant = await two.join(`${channelId}?role=merchant&dialect=p4`);
  const url = `http://127.0.0.1:${String(one.port)}/proofs/${String(proof?.path.txid)}?i=${channelId}`;
  const headers = { "content-type": "application/json", traceparent };
  expect((await fetch(url, { method: "POST", headers, body: JSON.stringify(proof?.envelope) })).status).toBe(201);
  await merchant.hear("proof.create");
  const [delivered] = await collector.named("deliver ProofRecorded", channelId);
  const [appended] = await collector.named("append ProofRecorded", channelId);
  const [submitted] = await collector.named("submit RecordProof", channelId);
  // It ends last, and may come in a later batch than those within it.
  const callback = await waitFor(() => collector.spans.find(({ name }) => name === "receive proof callback"));
  const parents = [callback, submitted, appended, delivered].map((span) => [span?.traceId, span?.parentSpanId]);
  const expected = [trace.span, callback?.spanId, submitted?.spanId, appended?.spanId];
  expect(parents).toEqual(expected.map((parent) => [trace.id, parent]));
});

it("traces hold no word of a wallet's, no secret, and only attributes of these names", () => {
  expect(collector.headers[0]).toMatchObject({ authorization: "Bearer S3cret" });
  expect(collector.bodies.join("")).not.toContain("S3cret");
  expect(collector.bodies.join("")).toContain("deployment.environment");
  const names = new Set(collector.spans.flatMap(({ attributes }) => Object.keys(attributes)));
  const allowed = ["channel.id", "code", "event.type", "node.id", "outcome", "sequence"].map((name) => `p4.${name}`);
  expect([...names].sort()).toEqual(allowed);
});

it("without a collector nothing is traced, and a wallet's traceparent is passed over", async () => {
  const edge = await startTestEdge(nats.url);
  const channelId = newChannelId();
  const merchant = await edge.join(`${channelId}?role=merchant&dialect=p4`, [], { traceparent });
  const elsewhere = await two.join(`${channelId}?role=customer&dialect=p4`);
  merchant.say("paymentrequest.response", { body: {} });
  await elsewhere.hear("paymentrequest.response");
  elsewhere.say("payment", { body: { rawTx: "01" } });
  await merchant.hear("payment");
  // What the tracing edge has said up to then: of its own wallet alone, and of no delivery.
  await collector.named("append PaymentSubmitted", channelId);
  await collector.named("receive payment", channelId);
  const names = collector.spans
    .filter((span) => span.attributes["p4.channel.id"] === channelId)
    .map(({ name }) => name);
  expect(new Set(names)).toEqual(
    new Set(["receive join", "decide", "append ParticipantJoined", "receive payment", "append PaymentSubmitted"]),
  );
});
