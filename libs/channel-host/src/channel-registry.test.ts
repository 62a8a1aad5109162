import { decodeEvent, stateName, type CopyClass } from "@p4/channel";
import { customer, expiresAtMs, join, merchant, metadata, wallet, close } from "@p4/channel/testing";
import { bytesOf, createInMemoryStore } from "@p4/event-store";
import { describe, expect, it, vi } from "vitest";
import { testNode } from "./test-support.ts";
import { channelActorContract, ignore, joinOf } from "./testing.ts";

const utf8 = new TextEncoder();

describe.each([
  ["live", false],
  ["replayed before each command", true],
])("actors that are %s", (_, alwaysReplay) => {
  channelActorContract("the store in memory", () => {
    const store = createInMemoryStore();
    const [one, two] = [testNode(store, { alwaysReplay }), testNode(store, { alwaysReplay })];
    return { one: one.registry, two: two.registry, faults: one.faults };
  });

  it("have one append under way, however many commands wait", async () => {
    const { registry, appends } = testNode(createInMemoryStore(), { alwaysReplay });
    const channel = await registry.follow("inv1", ignore);
    await channel.submit(joinOf("inv1"));
    await Promise.all(Array.from({ length: 10 }, () => channel.submit(wallet("OfferTerms"))));
    expect(appends).toMatchObject({ most: 1, count: 11 });
  });

  it("expire nothing while the node's clock is wrong, and leave the message to be sent again", async () => {
    const store = createInMemoryStore();
    let trouble: string | null = null;
    const { registry } = testNode(store, { alwaysReplay, clockTrouble: () => trouble });
    await registry.submit("inv1", joinOf("inv1"));
    trouble = "three hours ahead";
    const late = metadata(expiresAtMs + 60_000);
    const refusal = { code: "STORE_CLOCK_OFF", retryable: true };
    await expect(registry.submit("inv1", { type: "ExpireChannel", metadata: late })).rejects.toMatchObject(refusal);
    const offer = wallet("OfferTerms", { nowMs: expiresAtMs + 60_000 });
    await expect(registry.submit("inv1", offer)).rejects.toMatchObject(refusal);
    expect((await store.log.readStream("inv1")).length).toBe(1);
    trouble = null;
    await registry.submit("inv1", { type: "ExpireChannel", metadata: late });
    expect(stateName((await registry.read("inv1")).snapshot)).toBe("expired");
  });

  it("stamp each event with the class of copies in force when it is stored", async () => {
    const store = createInMemoryStore();
    let copyClass: CopyClass | null = null;
    const { registry } = testNode(store, { alwaysReplay, copyClass: () => copyClass });
    await registry.submit("inv1", joinOf("inv1"));
    for (copyClass of ["async", "sync"] as const) await registry.submit("inv1", wallet("OfferTerms"));
    const stored = (await store.log.readStream("inv1")).map(({ bytes, streamVersion }) =>
      decodeEvent(new TextDecoder().decode(bytes), streamVersion),
    );
    expect(stored.map(({ metadata: { copyClass: stamp } }) => stamp)).toEqual([undefined, "async", "sync"]);
    expect(stored[0]?.metadata).not.toHaveProperty("copyClass");
  });

  it("set the deadline when they open a channel, move it, and take it away when it is closed", async () => {
    const store = createInMemoryStore({ now: () => 100_000 });
    const { registry, armed } = testNode(store, { alwaysReplay });
    await registry.submit("inv1", joinOf("inv1"));
    expect(armed).toEqual([{ channelId: "inv1", remainingMs: expiresAtMs - 2_000 }]);
    await registry.submit("inv1", { type: "ExtendDeadline", expiresAtMs: 9_000, metadata: metadata() });
    expect(armed[1]).toEqual({ channelId: "inv1", remainingMs: 9_000 - 2_000 });
    const elapsed: string[] = [];
    const disarm = vi.spyOn(store.deadlines, "disarm");
    await store.deadlines.watchElapsed(async (channelId) => {
      elapsed.push(channelId);
      return { outcome: "done" };
    });
    await registry.submit("inv1", close());
    expect(disarm).toHaveBeenCalledWith("inv1");
  });

  it("set the deadline anew when a payment that waits for its answer is given time", async () => {
    const { registry, armed } = testNode(createInMemoryStore({ now: () => 100_000 }), { alwaysReplay });
    await registry.submit("inv1", join(merchant, { ackGraceMs: 4_000 }));
    await registry.submit("inv1", wallet("OfferTerms"));
    await registry.submit("inv1", wallet("SubmitPayment"));
    await registry.submit("inv1", { type: "ExpireChannel", metadata: metadata(expiresAtMs) });
    expect(armed.at(-1)).toEqual({ channelId: "inv1", remainingMs: expiresAtMs + 4_000 - 2_000 });
  });

  it("recover when the log is away for a moment: the same command is stored once", async () => {
    const store = createInMemoryStore();
    const { registry } = testNode(store, { alwaysReplay });
    const channel = await registry.follow("inv1", ignore);
    store.faults.failNextAppend("STORE_UNAVAILABLE");
    const command = joinOf("inv1");
    await expect(channel.submit(command)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(stateName(channel.channel.snapshot)).toBe("unopened");
    expect(await channel.submit(command)).toMatchObject({ outcome: "stored" });
    expect(channel.channel.snapshot.context.eventCount).toBe(1);
  });

  it("wait while another writer's append is in flight", async () => {
    const store = createInMemoryStore();
    const { registry, appends } = testNode(store, { alwaysReplay });
    store.faults.failNextAppend("STORE_APPEND_IN_FLIGHT");
    store.faults.failNextAppend("STORE_APPEND_IN_FLIGHT");
    expect(await registry.submit("inv1", joinOf("inv1"))).toMatchObject({ outcome: "stored" });
    expect(appends.count).toBe(3);
  });

  it("give up a race that never ends, with the conflict as the reason", async () => {
    const store = createInMemoryStore();
    const { registry, appends } = testNode(store, { alwaysReplay });
    for (let i = 0; i < 50; i++) store.faults.failNextAppend("STORE_VERSION_CONFLICT");
    await expect(registry.submit("inv1", joinOf("inv1"))).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
    expect(appends.count).toBe(16);
  });

  it("know a message whose append was stored and whose answer was lost", async () => {
    const store = createInMemoryStore();
    const { registry } = testNode(store, { alwaysReplay });
    await registry.submit("inv1", joinOf("inv1"));
    const heard: string[] = [];
    const channel = await registry.follow("inv1", (event) => heard.push(event.type));
    store.faults.failNextAppend("STORE_UNAVAILABLE", true);
    store.faults.loseLiveEvents(1);
    const payment = wallet("SubmitPayment");
    await expect(channel.submit(payment)).rejects.toMatchObject({ retryable: true });
    // The wallet sends it again: another command, a later time, the same message.
    const retry = { ...payment, metadata: metadata(1_500) };
    expect(await channel.submit(retry)).toMatchObject({ outcome: "duplicate" });
    expect(heard).toEqual(["PaymentSubmitted"]);
    expect(await registry.read("inv1")).toEqual(await testNode(store).registry.read("inv1"));
  });

  it("take over the bytes that are stored when another try of the same command was first", async () => {
    const store = createInMemoryStore();
    const [one, two] = [testNode(store, { alwaysReplay }), testNode(store, { alwaysReplay })];
    const command = joinOf("inv1");
    const channel = await one.registry.follow("inv1", ignore);
    store.faults.loseLiveEvents(1);
    await two.registry.submit("inv1", command);
    // Same id, later time: the log has it, with other bytes than ours.
    const result = await channel.submit({ ...command, metadata: { ...command.metadata, nowMs: 1_700 } });
    expect(result).toMatchObject({ outcome: alwaysReplay ? expect.any(String) : "stored" });
    await channel.submit(wallet("OfferTerms"));
    const reader = testNode(store).registry;
    expect((await reader.read("inv1")).snapshot.context.openedAtMs).toBe(1_000);
    expect(await reader.read("inv1")).toEqual(channel.channel);
  });

  it("do not seat a second merchant on an answer about the first one's predecessor", async () => {
    const store = createInMemoryStore();
    const rival = { ...merchant, connectionId: "rival" };
    const late = { ...merchant, connectionId: "late" };
    const { registry } = testNode(store, {
      alwaysReplay,
      // While the node is asked for the first merchant, who is gone, another one takes the seat and lives.
      isConnectionAlive: async (_nodeId, connectionId) => {
        if (connectionId === merchant.connectionId) {
          await testNode(store, { isConnectionAlive: () => Promise.resolve(false) }).registry.submit(
            "inv1",
            join(rival, { channelId: "inv1", metadata: metadata() }),
          );
          await new Promise((resolve) => setImmediate(resolve));
        }
        return connectionId === rival.connectionId;
      },
    });
    await registry.submit("inv1", joinOf("inv1"));
    const channel = await registry.follow("inv1", ignore);
    const result = await channel.submit(join(late, { channelId: "inv1", metadata: metadata() }));
    expect(result).toMatchObject({ event: { data: { participant: { connectionId: "late", role: null } } } });
    expect(channel.channel.snapshot.context.merchant).toEqual(rival);
  });

  it("refuse to serve a log that does not hold together, and say where", async () => {
    const store = createInMemoryStore();
    const { registry } = testNode(store, { alwaysReplay });
    await registry.submit("inv1", joinOf("inv1"));
    const { streamVersion } = await registry.read("inv1");
    const forged = { channelId: "inv1", eventId: "x", bytes: utf8.encode('{"type":"ChannelClosed"}') };
    const { nextExpectedStreamVersion } = await store.log.appendToStream({
      ...forged,
      expectedStreamVersion: streamVersion,
    });
    const damage = { code: "LOG_EVENT_CORRUPT", streamVersion: nextExpectedStreamVersion };
    await expect(registry.submit("inv1", joinOf("inv1", customer))).rejects.toMatchObject(damage);
    await expect(registry.follow("inv1", ignore)).rejects.toMatchObject(damage);
    expect(registry.size).toBe(0);
  });
});

describe("a registry", () => {
  it("reads again for the next follower after a failed first read, even at once", async () => {
    const node = testNode();
    node.reads.failures.push("STORE_UNAVAILABLE");
    const outcomes: string[] = [];
    const follow = async (): Promise<void> => {
      await node.registry.follow("inv1", ignore).then(
        () => outcomes.push("followed"),
        () => outcomes.push("failed"),
      );
    };
    const first = follow().then(follow);
    await Promise.all([first, follow()]);
    expect(outcomes).toEqual(["failed", "failed", "followed"]);
    expect(node.registry.size).toBe(1);
  });

  it("takes in what was stored between the read that it began and the command", async () => {
    const store = createInMemoryStore();
    const { registry, reads } = testNode(store);
    await registry.submit("inv1", joinOf("inv1"));
    const before = reads.count;
    const soon = registry.begin("inv1");
    await new Promise(setImmediate);
    await soon(wallet("OfferTerms"));
    expect(reads.count).toBe(before + 1);
    const submit = registry.begin("inv1");
    expect(reads.count).toBe(before + 2);
    await registry.submit("inv1", wallet("OfferTerms"));
    const result = await submit(wallet("OfferTerms"));
    expect(result).toMatchObject({ outcome: "stored" });
    expect(await store.log.readStream("inv1")).toMatchObject([
      {},
      {},
      {},
      { streamVersion: result.channel.streamVersion },
    ]);
  });

  it("leaves the command to the actor of a channel that is live by then", async () => {
    const store = createInMemoryStore();
    const { registry, appends } = testNode(store);
    await registry.submit("inv1", joinOf("inv1"));
    const submit = registry.begin("inv1");
    const heard: string[] = [];
    await registry.follow("inv1", ({ type }) => void heard.push(type));
    appends.most = 0;
    await Promise.all([submit(wallet("OfferTerms")), registry.submit("inv1", wallet("OfferTerms"))]);
    expect([heard.length, appends.most]).toEqual([2, 1]);
  });

  it("fails the command of a read that failed, and nothing where there is none", async () => {
    const { registry, reads } = testNode();
    reads.failures = ["STORE_UNAVAILABLE", "STORE_UNAVAILABLE"];
    registry.begin("inv1");
    await expect(registry.begin("inv1")(joinOf("inv1"))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("reads a large channel in portions, so that it is never held whole", async () => {
    const store = createInMemoryStore();
    const first = testNode(store).registry;
    await first.submit("inv1", joinOf("inv1"));
    const body = { note: "x".repeat(900_000) };
    for (let i = 0; i < 7; i++) await first.submit("inv1", wallet("OfferTerms", { body }));
    const { registry, runtime } = testNode(store);
    const { log } = runtime;
    const portions: number[] = [];
    const readStream = log.readStream.bind(log);
    vi.spyOn(log, "readStream").mockImplementation(async (...question) => {
      const events = await readStream(...question);
      portions.push(bytesOf(events));
      return events;
    });
    const followed = await registry.follow("inv1", () => undefined);
    expect(followed.channel.streamVersion).toBe((await store.log.readStream("inv1")).at(-1)?.streamVersion);
    expect(portions.length).toBeGreaterThan(2);
    expect(Math.max(...portions)).toBeLessThan(4_000_000);
    followed.release();
  });

  it("gives a follower nothing of what came before, though another one reads it at the same time", async () => {
    const store = createInMemoryStore();
    const { registry } = testNode(store);
    await registry.submit("inv1", joinOf("inv1"));
    const heard: string[] = [];
    const [first, second] = await Promise.all([
      registry.follow("inv1", (event) => heard.push(`1 ${event.type}`)),
      registry.follow("inv1", (event) => heard.push(`2 ${event.type}`)),
    ]);
    await first.submit(wallet("OfferTerms"));
    second.release();
    await first.submit(wallet("SubmitPayment"));
    expect(heard).toEqual(["1 TermsOffered", "2 TermsOffered", "1 PaymentSubmitted"]);
  });
});
