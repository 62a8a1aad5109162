import { StoreError, type EventLog } from "@p4/event-store";
import { closeCodes } from "@p4/protocol";
import { waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { headerOf, openPeer, sequenceOf, type Peer } from "./test-support/peer.ts";
import { logWith } from "./test-support/log-with.ts";

const nats = withNatsServer();

let edge: TestEdge;
let appends: Promise<void>;
let waiting = 0;

/** Each append waits for `appends`, and fails as that does. */
const hold = (log: EventLog): EventLog =>
  logWith(log, {
    async appendToStream(request) {
      waiting++;
      await appends.finally(() => waiting--);
      return log.appendToStream(request);
    },
  });

const wrap = (({ log, feed }: { log: EventLog; feed: never }) => ({ log: hold(log), feed })) as never;

beforeAll(async () => {
  appends = Promise.resolve();
  edge = await startTestEdge(nats.url, {}, { wrap });
});
beforeEach(() => void (appends = Promise.resolve()));

function holdAppends() {
  let [goOn, fail] = [(): void => undefined, (_: Error): void => undefined];
  appends = new Promise((resolve, reject) => ([goOn, fail] = [resolve, reject]));
  appends.catch(() => undefined);
  return { goOn: () => goOn(), fail: (error: Error) => fail(error) };
}

const behind = (sequence: string): string => String(Number(sequence) + 1);

const isOpen = ({ socket }: Peer): boolean => socket.readyState === WebSocket.OPEN;

async function openChannel(): Promise<{ id: string; merchant: Peer }> {
  const id = newChannelId();
  return { id, merchant: await edge.join(`${id}?role=merchant`) };
}

/** A join that waits for its append. */
async function joinHeld(path: string): Promise<Peer> {
  const peer = openPeer(edge.url(path));
  await waitFor(() => waiting > 0);
  return peer;
}

describe("a join to a channel that is live here", () => {
  it("has its socket at once, and its success once it is stored", async () => {
    const { id, merchant } = await openChannel();
    const { goOn } = holdAppends();
    const customer = await joinHeld(`${id}?role=customer`);
    await waitFor(() => isOpen(customer));
    expect(customer.keys).toEqual([]);
    goOn();
    const success = await customer.hear("join.success");
    expect([headerOf(success, "x-p4-role"), sequenceOf(success)]).toEqual(["customer", behind(merchant.sequence)]);
  });

  it("is closed with the code of what the log says, when it cannot be stored", async () => {
    const { id, merchant } = await openChannel();
    const { fail } = holdAppends();
    const customer = await joinHeld(`${id}?role=customer`);
    await waitFor(() => isOpen(customer));
    customer.say("paymentrequest.create", { body: {} });
    fail(new StoreError("STORE_UNAVAILABLE", "of a sudden"));
    const { code, reason } = await customer.closed();
    expect([code, reason]).toEqual([closeCodes.joinLater.code, expect.stringMatching(/^STORE_UNAVAILABLE: /)]);
    expect(customer.keys).toEqual([]);
    appends = Promise.resolve();
    const again = await edge.join(`${id}?role=customer`);
    expect(again.sequence).toBe(behind(merchant.sequence));
  });

  it("may be followed by messages, which are stored behind it", async () => {
    const { id, merchant } = await openChannel();
    const { goOn } = holdAppends();
    const customer = await joinHeld(`${id}?role=customer&receipts=true`);
    await waitFor(() => isOpen(customer));
    customer.say("paymentrequest.create", { body: {} });
    goOn();
    const success = await customer.hear("join.success");
    await merchant.hear("paymentrequest.create");
    expect(sequenceOf(await customer.hear("receipt"))).toBe(behind(sequenceOf(success)));
    expect(customer.keys).toEqual(["join.success", "receipt"]);
  });

  it("may be followed by messages and a close: the messages are stored", async () => {
    const { id, merchant } = await openChannel();
    const { goOn } = holdAppends();
    const customer = await joinHeld(`${id}?role=customer`);
    await waitFor(() => isOpen(customer));
    customer.say("paymentrequest.create", { body: {} });
    await customer.leave();
    goOn();
    await merchant.hear("paymentrequest.create");
    await merchant.leave();
    await waitFor(async () => (await edge.metric("edge_channels")) === 0);
  });

  it("that is given up leaves nothing behind", async () => {
    const { id, merchant } = await openChannel();
    const { goOn } = holdAppends();
    const customer = await joinHeld(`${id}?role=customer`);
    await waitFor(() => isOpen(customer));
    await customer.leave();
    goOn();
    await merchant.leave();
    await waitFor(async () => (await edge.metric("edge_channels")) === 0);
  });
});

describe("a node that drains while a join waits for its append", () => {
  it("lets it in and stores what its peer has sent, before it is sent on", async () => {
    const leaving = await startTestEdge(nats.url, {}, { wrap });
    const id = newChannelId();
    const merchant = await leaving.join(`${id}?role=merchant`);
    const { goOn } = holdAppends();
    const customer = openPeer(leaving.url(`${id}?role=customer&receipts=true`));
    await waitFor(() => waiting > 0 && isOpen(customer));
    customer.say("paymentrequest.create", { body: {} });
    const closing = leaving.close();
    expect(await merchant.closed()).toMatchObject({ code: closeCodes.joinElsewhere.code });
    goOn();
    await closing;
    expect(await customer.closed()).toMatchObject({ code: closeCodes.joinElsewhere.code });
    expect(customer.keys).toEqual(["join.success", "receipt"]);
  });
});

describe("a merchant who opens a channel", () => {
  it("has the socket at once, and may speak", async () => {
    const { goOn } = holdAppends();
    const id = newChannelId();
    const merchant = await joinHeld(`${id}?role=merchant&receipts=true`);
    await waitFor(() => isOpen(merchant));
    merchant.say("paymentrequest.response", { body: terms });
    expect(merchant.keys).toEqual([]);
    goOn();
    await merchant.hear("receipt");
    expect([headerOf(merchant.frames[0] ?? {}, "x-p4-role"), merchant.keys]).toEqual([
      "merchant",
      ["join.success", "receipt"],
    ]);
  });

  it("is told as HTTP while others wait to open theirs", async () => {
    const narrow = await startTestEdge(nats.url, {}, { wrap, admission: { initial: 1, max: 1, maxWaitMs: 200 } });
    const { goOn } = holdAppends();
    const first = openPeer(narrow.url(`${newChannelId()}?role=merchant`));
    await waitFor(() => isOpen(first) && waiting > 0);
    expect(await narrow.upgrade(`${newChannelId()}?role=merchant`)).toMatchObject({
      status: 503,
      body: expect.stringContaining("EDGE_OVERLOADED"),
    });
    goOn();
    await first.hear("join.success");
  });
});

describe("a join that may be refused as HTTP still", () => {
  it.each([
    ["to a new channel by whom is no merchant", async () => newChannelId()],
    ["as a second merchant", async () => `${(await openChannel()).id}?role=merchant`],
    ["that asks for HTTP", async () => `${(await openChannel()).id}?role=customer&refusal=http`],
    ["that resumes", async () => `${(await openChannel()).id}?role=customer&since=0`],
  ])("%s has its socket once it is stored", async (_, pathOf) => {
    const path = await pathOf();
    const { fail } = holdAppends();
    const answer = edge.upgrade(path);
    await waitFor(() => waiting > 0);
    fail(new StoreError("STORE_UNAVAILABLE", "of a sudden"));
    expect(await answer).toMatchObject({ status: 503, body: expect.stringContaining("STORE_UNAVAILABLE") });
  });
});
