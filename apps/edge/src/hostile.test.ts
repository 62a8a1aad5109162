import type { EventLog } from "@p4/event-store";
import { steadyClock, waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalLimit } from "./send-refusal.ts";
import { payment, terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import type { Peer } from "./test-support/peer.ts";
import { rawJoin, shortFrame } from "./test-support/raw-socket.ts";
import { logWith } from "./test-support/log-with.ts";

const nats = withNatsServer();
let edge: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge(nats.url);
});

/** A payment conversation still works from end to end. */
async function expectService(server: TestEdge, id = newChannelId()): Promise<void> {
  const merchant = await server.join(`${id}?role=merchant`);
  const customer = await server.join(`${id}?role=customer`);
  merchant.say("paymentrequest.response", { body: terms });
  await customer.hear("paymentrequest.response");
  customer.say("payment", { body: payment });
  await merchant.hear("payment");
}

function errorsOf(peer: Peer, errCode: string): number {
  return peer.frames.filter((frame) => frame["errorBody"]?.["errCode"] === errCode).length;
}

describe("a peer that sends what must be refused", () => {
  it("is told so some dozens of times, then closed with 4290; its channel goes on", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await edge.join(`${id}?role=customer`);
    const hostile = await rawJoin(edge, id);
    const refusedBefore = await edge.metric("edge_frames_refused_total");
    steadyClock().stop();
    const flood = shortFrame('{"key":"nonsense"}');
    hostile.socket.write(Buffer.concat(Array.from({ length: 5_000 }, () => flood)));
    await waitFor(() => hostile.socket.destroyed, { description: "the flood's socket is closed" });
    expect(hostile.received()).toContain("\x10\xc2too many refused messages"); // 0x10c2 = 4290
    const answers = hostile.received().match(/"errCode"/g)?.length ?? 0;
    // A frame's bytes cost a little, too.
    expect(answers).toBe(refusalLimit.burst - 1);
    // Nothing behind the close is even looked at.
    expect((await edge.metric("edge_frames_refused_total")) - refusedBefore).toBe(answers + 1);
    expect(await edge.metric("edge_floods_closed_total")).toBe(1);
    merchant.say("paymentrequest.response", { body: terms });
    await customer.hear("paymentrequest.response");
  });

  it("pays more for large frames", async () => {
    const peer = await edge.join(newChannelId());
    steadyClock().stop();
    for (let i = 0; i < 6; i++) peer.send("x".repeat(900_000));
    expect(await peer.closed()).toMatchObject({ code: 4290 });
    expect(peer.frames.length).toBeLessThan(6);
  });

  it("stays connected when it errs now and then", async () => {
    const peer = await edge.join(newChannelId());
    for (let i = 0; i < refusalLimit.burst - 5; i++) peer.send("nonsense");
    await waitFor(() => peer.keys.filter((key) => key === "error").length === refusalLimit.burst - 5);
    peer.say("paymentrequest.create");
    await waitFor(async () => (await edge.metric("edge_store_seconds_count")) > 0);
    expect(peer.closedWith).toBeNull();
  });
});

describe("an address that floods again and again", () => {
  it("is refused less each time it comes back, while a fellow of its address may still err", async () => {
    const busy = await startTestEdge(nats.url);
    const fellow = await busy.join(newChannelId());
    const crowd = await Promise.all(Array.from({ length: 14 }, () => rawJoin(busy, newChannelId())));
    steadyClock().stop();
    const rounds: number[] = [];
    for (const hostile of crowd) {
      hostile.socket.write(Buffer.concat(Array.from({ length: 500 }, () => shortFrame('{"key":"nonsense"}'))));
      await waitFor(() => hostile.socket.destroyed);
      rounds.push(hostile.received().match(/"errCode"/g)?.length ?? 0);
    }
    expect(rounds[0]).toBe(refusalLimit.burst - 1);
    expect(rounds.at(-1)).toBeLessThan(refusalLimit.burst / 2);
    for (let i = 0; i < 3; i++) fellow.send("nonsense");
    await fellow.hear("error", 3);
    expect(fellow.closedWith).toBeNull();
  });
});

describe("a peer that is too fast", () => {
  it("gets an answer to each of 2,000 messages at once, and goes on", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&receipts=true`);
    const customer = await edge.join(`${id}?role=customer`);
    for (let i = 0; i < 2_000; i++) merchant.say("paymentrequest.response", { body: terms });
    const outcomes = () => [
      errorsOf(merchant, "EDGE_TOO_MANY_PENDING"),
      merchant.keys.filter((key) => key === "receipt").length,
    ];
    await waitFor(() => outcomes().reduce((sum, count) => sum + count) === 2_000);
    const [refused = 0, stored = 0] = outcomes();
    expect(refused).toBeGreaterThan(0);
    await waitFor(() => customer.keys.filter((key) => key === "paymentrequest.response").length === stored);
    expect(merchant.closedWith).toBeNull();
  });

  it("may keep a bounded number of bytes waiting", async () => {
    const small = await startTestEdge(
      nats.url,
      { P4_MAX_MESSAGE_BYTES: "60000" },
      { limits: { maxInFlightBytesPerConnection: 65_536 } },
    );
    const peer = await small.join(`${newChannelId()}?role=merchant&receipts=true`);
    for (let i = 0; i < 3; i++) peer.say("paymentrequest.response", { body: { ...terms, filler: "x".repeat(40_000) } });
    expect((await peer.hear("error"))["errorBody"]).toMatchObject({
      errCode: "EDGE_TOO_MANY_PENDING",
      description: expect.stringContaining("65536 bytes"),
    });
    await peer.hear("receipt");
  });
});

describe("a peer that does not read", () => {
  it("is closed with 4290, while others on its channel and elsewhere hear everything", async () => {
    const edge = await startTestEdge(nats.url, {}, { limits: { maxChannelBytes: 2 ** 30 } });
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await edge.join(`${id}?role=customer`);
    const slow = await rawJoin(edge, `${id}?role=customer`);
    slow.socket.pause();
    const open = await edge.metric("edge_connections");
    let rounds = 0;
    while ((await edge.metric("edge_connections")) === open && rounds < 40) {
      merchant.say("paymentrequest.response", { body: { ...terms, filler: "x".repeat(900_000) } });
      await customer.hear("paymentrequest.response", ++rounds);
    }
    expect(await edge.metric("edge_connections")).toBe(open - 1);
    expect(customer.closedWith).toBeNull();
    slow.socket.resume();
    await waitFor(() => slow.socket.destroyed);
    expect(slow.received().slice(-200)).toContain("\x10\xc2too slow");
    await expectService(edge);
  });
});

describe("a crowd", () => {
  it("of 64 on one channel hears a message, each once, and is as many as there may be", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const crowd = await Promise.all(Array.from({ length: 63 }, () => rawJoin(edge, `${id}?dialect=p4`)));
    merchant.say("paymentrequest.response", { body: terms });
    const heard = (text: string) => text.match(/"key":"paymentrequest.response"/g)?.length;
    await waitFor(() => crowd.every(({ received }) => heard(received()) === 1));
    expect(await edge.upgrade(`${id}?dialect=p4`)).toMatchObject({ status: 429 });
  });

  it("is served in the log's order: a receipt does not overtake the messages before it", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await edge.join(`${id}?role=customer&receipts=true`);
    for (let i = 0; i < 60; i++) await rawJoin(edge, `${id}?dialect=p4&role=customer`);
    // The customer is the channel's first listener, its own receipts come last: behind whatever it has to hear.
    for (let i = 0; i < 20; i++) {
      merchant.say("paymentrequest.response", { body: terms });
      customer.say("paymentrequest.create");
    }
    await waitFor(() => customer.keys.filter((key) => key === "receipt").length === 20);
    await customer.hear("paymentrequest.response", 20);
    const sequences = customer.frames.slice(1).map((frame) => Number(frame["headers"]?.["x-p4-sequence"]?.[0]));
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  });

  it("that joins faster than an address may is refused with 429", async () => {
    const strict = await startTestEdge(nats.url, { P4_JOIN_RATE_PER_IP: "1" });
    const id = newChannelId();
    await strict.join(id);
    steadyClock().stop();
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => strict.upgrade(id)))).map(
      ({ status }) => status,
    );
    expect(new Set(statuses)).toEqual(new Set([101, 429]));
    expect(statuses.filter((status) => status === 101).length).toBeLessThanOrEqual(2);
  });
});

describe("a node with too much to do", () => {
  it("takes no new channels while much waits for the log; those it has go on", async () => {
    let release: () => void = () => undefined;
    let held: Promise<void> | null = null;
    const slowLog = (log: EventLog): EventLog =>
      logWith(log, {
        async appendToStream(request) {
          await held;
          return log.appendToStream(request);
        },
      });
    const busy = await startTestEdge(
      nats.url,
      {},
      {
        wrap: ({ log, feed }) => ({ log: slowLog(log), feed }),
        admission: { maxWaitMs: 1_000, overloadedAfterMs: 1_000 },
      },
    );
    const id = newChannelId();
    const merchant = await busy.join(`${id}?role=merchant`);
    const customer = await busy.join(`${id}?role=customer`);
    held = new Promise((resolve) => (release = resolve));
    for (let i = 0; i < 100; i++) merchant.say("paymentrequest.response", { body: terms });
    await waitFor(async () => (await busy.metric("edge_store_backlog")) === 100);
    steadyClock().pass(2_000);
    const fresh = newChannelId();
    const refused = await busy.upgrade(`${fresh}?role=customer`);
    expect(refused).toMatchObject({ status: 503, body: expect.stringContaining("EDGE_OVERLOADED") });
    expect(refused.body).toContain("have waited for the log");
    expect(await edge.upgrade(fresh)).toMatchObject({ status: 101 });
    release();
    held = null;
    await customer.hear("paymentrequest.response", 100);
    await waitFor(async () => (await busy.upgrade(newChannelId())).status === 101);
    await expectService(busy);
  });

  it("loads a limited number of unknown channels at a time, and refuses what would wait too long; its own channels go on", async () => {
    let isAnswered = Promise.resolve();
    const id = newChannelId();
    const held = (log: EventLog): EventLog =>
      logWith(log, {
        async readStream(channelId, options) {
          // Where every command replays its channel, the known one is read too.
          if (channelId !== id) await isAnswered;
          return log.readStream(channelId, options);
        },
      });
    const busy = await startTestEdge(nats.url, {}, { wrap: ({ log, feed }) => ({ log: held(log), feed }) });
    await expectService(busy, id);
    // However long the test takes for its next step, the queue stays as full as it is.
    let answer = (): void => undefined;
    isAnswered = new Promise((resolve) => (answer = resolve));
    const burst = Array.from({ length: 1_500 }, () => busy.upgrade(newChannelId()));
    await waitFor(async () => (await busy.metric("edge_joins_refused_total")) > 0);
    expect(await busy.upgrade(newChannelId())).toMatchObject({
      status: 503,
      body: expect.stringContaining("EDGE_OVERLOADED"),
    });
    expect(await busy.upgrade(id)).toMatchObject({ status: 101 });
    answer();
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([101, 503]));
  });

  it("takes none while its event loop stalls, but lets wallets back into theirs", async () => {
    const lagging = await startTestEdge(nats.url, {}, { admission: { maxWaitMs: 10_000, overloadedAfterMs: 10_000 } });
    const id = newChannelId();
    await expectService(lagging, id);
    const clock = steadyClock();
    await waitFor(async () => {
      clock.pass(60_000);
      return (await lagging.upgrade(newChannelId())).status === 503;
    });
    expect(await lagging.upgrade(id)).toMatchObject({ status: 101 });
    await waitFor(async () => (await lagging.upgrade(newChannelId())).status === 101);
  });
});
