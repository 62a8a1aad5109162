import { waitFor, withNatsServer } from "@p4/testkit";
import { describe, expect, it } from "vitest";
import { NodeMemory } from "./node-memory.ts";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";

const MiB = 1_048_576;
const idle = { heldBytes: 0 };

/** A node that may hold 8 MiB, and what its channels hold of it: a share of two is 4 MiB. */
function memoryOf(heldBytes: number, count = 2): NodeMemory {
  const memory = new NodeMemory({ maxHeldBytes: 8 * MiB, channels: () => ({ count, heldBytes }) });
  memory.look();
  return memory;
}

describe("a node's memory", () => {
  it("takes everything while there is room", () => {
    expect(memoryOf(7 * MiB).refusal(MiB, { heldBytes: 7 * MiB }, 0)).toBeNull();
  });

  it("refuses a channel above its share once it is full, and no other", () => {
    const memory = memoryOf(8 * MiB);
    expect(memory.refusal(MiB, { heldBytes: 4 * MiB }, 0)).toContain("8388608 bytes");
    expect(memory.refusal(MiB, { heldBytes: MiB }, 3 * MiB)).not.toBeNull();
    expect(memory.refusal(MiB, idle, 0)).toBeNull();
    expect(memory.refusal(1_000, { heldBytes: 4 * MiB }, 0)).toBeNull();
  });

  it("refuses what is large to all at twice its bound", () => {
    expect(memoryOf(16 * MiB).refusal(100_000, idle, 0)).not.toBeNull();
    expect(memoryOf(16 * MiB).refusal(1_000, idle, 0)).toBeNull();
  });

  it("counts messages on their way, and those that came through since it looked at the channels", () => {
    const memory = memoryOf(0);
    memory.takeIn(9 * MiB);
    expect(memory.isFull).toBe(true);
    memory.letThrough(9 * MiB);
    expect(memory.isFull).toBe(true);
    memory.look();
    expect(memory.isFull).toBe(false);
  });

  it("counts what is kept, until it is let go", () => {
    const memory = memoryOf(0);
    const letGo = memory.keep(9 * MiB);
    expect(memory.isFull).toBe(true);
    letGo();
    expect(memory.heldBytes).toBe(0);
  });

  it("without a setting is a quarter of the heap", () => {
    const { maxHeldBytes } = new NodeMemory({ maxHeldBytes: null, channels: () => ({ count: 0, heldBytes: 0 }) });
    expect(maxHeldBytes).toBeGreaterThan(50 * MiB);
  });
});

describe("an edge whose memory is full", () => {
  const nats = withNatsServer();
  const terms = (bytes: number) => ({ body: { note: "x".repeat(bytes) } });

  it("reads no long history, and releases what it has read", async () => {
    const edge = await startTestEdge(nats.url, { P4_MAX_HELD_BYTES: "1MiB" });
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&receipts=true`);
    for (let i = 0; i < 5; i++) {
      merchant.say("paymentrequest.response", terms(300_000));
      await merchant.hear("receipt", i + 1);
    }
    expect(await edge.upgrade(`${id}?role=merchant&since=0`)).toMatchObject({ status: 503 });
    await waitFor(async () => (await edge.metric("edge_held_bytes")) < 700_000);
    expect((await (await edge.join(`${id}?role=customer`)).hear("paymentrequest.response"))["body"]).toBeDefined();
  });

  it("refuses the channel that holds the most, and goes on with the others", async () => {
    const edge = await startTestEdge(nats.url, { P4_MAX_HELD_BYTES: "1MiB" });
    const held = (isEnough: (bytes: number) => boolean) =>
      waitFor(async () => isEnough(await edge.metric("edge_held_bytes")));
    const heavy = await edge.join(`${newChannelId()}?role=merchant`);
    heavy.say("paymentrequest.response", terms(900_000));
    await held((bytes) => bytes > 900_000);
    heavy.say("paymentrequest.response", terms(900_000));
    expect((await heavy.hear("error"))["errorBody"]).toMatchObject({ errCode: "EDGE_TOO_MANY_BYTES" });

    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    merchant.say("paymentrequest.response", terms(300_000));
    expect(await heavy.closed()).toMatchObject({ code: 4100, reason: expect.stringContaining("memory is full") });
    const customer = await edge.join(`${id}?role=customer`);
    expect((await customer.hear("paymentrequest.response"))["body"]).toEqual(terms(300_000).body);
    expect(merchant.closedWith).toBeNull();
    await held((bytes) => bytes < 1_000_000);
    await edge.join(`${newChannelId()}?role=merchant`);
  });
});
