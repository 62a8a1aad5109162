import { join, merchant, metadata, otherTxid, paymentTxid, wallet } from "@p4/channel/testing";
import type { ChannelCommand } from "@p4/channel";
import { StoreError, type ScanOptions } from "@p4/event-store";
import { createDocumentStore, createEventLog, endOfLog, listChannels } from "@p4/nats";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChannelIndex } from "@p4/read-models";
import { followIndex } from "@p4/read-models";
import { openChannelNode, type ChannelNode } from "./open-channel-node.ts";

const nats = withNatsServer();
const place = { region: "test", shards: 2 };
let node: ChannelNode;

beforeAll(async () => {
  node = await openChannelNode({ natsUrl: nats.url, name: "test", ...place, replicas: 1, retentionMs: 3_600_000 });
});
afterAll(() => node.close());

async function record(channelId: string, ...commands: readonly ChannelCommand[]): Promise<void> {
  for (const command of [join(merchant, { channelId, metadata: metadata(1_000) }), ...commands]) {
    expect((await node.registry.submit(channelId, command)).outcome).toBe("stored");
  }
}

const documents = () => createDocumentStore(node.broker, { region: "test", name: "index" });

const ofTheLog = {
  scan: (options?: ScanOptions) => node.log.scan(options),
  listChannels: () => listChannels(node.broker, place),
  endOfLog: () => endOfLog(node.broker, place),
};

/** Another process over the same bucket. Counts how often channels are read. */
function anotherIndex(): { index: ChannelIndex; reads: () => number } {
  let reads = 0;
  const index = new ChannelIndex({
    documents: documents(),
    log: {
      readStream: (channelId, options) => {
        reads++;
        return node.log.readStream(channelId, options);
      },
    },
    ...ofTheLog,
  });
  return { index, reads: () => reads };
}

async function listed(index: ChannelIndex): Promise<string[]> {
  const summaries = [];
  for await (const summary of index.all()) summaries.push(`${summary.channelId} ${summary.state}`);
  return summaries.toSorted();
}

describe("the index of channels", () => {
  it("is built when there is none, and then takes in only what has changed", async () => {
    await record("a", wallet("OfferTerms"), wallet("SubmitPayment"));
    await record("b");
    await node.index.catchUp();
    expect(await listed(node.index)).toEqual(["a awaitingAck", "b awaitingTermsRequest"]);
    expect(await node.index.findByTxid(paymentTxid)).toMatchObject([{ channelId: "a" }]);

    await node.registry.submit("b", wallet("OfferTerms"));
    const { index, reads } = anotherIndex();
    await index.catchUp();
    expect([reads(), await listed(index)]).toEqual([1, ["a awaitingAck", "b awaitingPayment"]]);
  });

  it("finds every channel of a transaction, and none that it is not on", async () => {
    await record("c", wallet("OfferTerms"), wallet("SubmitPayment"));
    await node.index.catchUp();
    const found = (await node.index.findByTxid(paymentTxid)).map(({ channelId }) => channelId);
    expect(found.toSorted()).toEqual(["a", "c"]);
    expect(await node.index.findByTxid(otherTxid)).toEqual([]);
  });

  it("never lets an older summary take a newer one's place", async () => {
    await node.index.catchUp();
    const key = "channel.a";
    const stored = await documents().get(key);
    const newer = { ...JSON.parse(new TextDecoder().decode(stored?.bytes)), streamVersion: 1e9, events: 99 };
    await documents().set(key, new TextEncoder().encode(JSON.stringify(newer)));
    await node.registry.submit("a", wallet("FailPayment"));
    await node.index.catchUp();
    expect(await node.index.find("a")).toMatchObject({ events: 99 });
  });

  it("comes out right when several build it at once while channels go on", async () => {
    const others = [anotherIndex().index, anotherIndex().index];
    const work = [node.index.rebuild(), ...others.map((index) => index.catchUp()), record("d", wallet("OfferTerms"))];
    await Promise.all(work);
    await node.index.catchUp();
    expect(await listed(node.index)).toEqual([
      "a awaitingPayment",
      "b awaitingPayment",
      "c awaitingAck",
      "d awaitingPayment",
    ]);
  });

  it("is rebuilt by a machine that may fold otherwise", async () => {
    await documents().set(
      "checkpoint",
      new TextEncoder().encode(JSON.stringify({ format: 1, machine: "other", positions: [] })),
    );
    const { index, reads } = anotherIndex();
    await index.catchUp();
    expect(reads()).toBe(4);
  });

  it("takes in what one part of the log tells, although another does not answer", async () => {
    async function* scan(options?: ScanOptions) {
      yield* node.log.scan(options);
      throw new StoreError("STORE_UNAVAILABLE", "a shard without a leader");
    }
    const index = new ChannelIndex({ documents: documents(), log: node.log, ...ofTheLog, scan });
    await node.index.catchUp();
    await record("f");
    await expect(index.catchUp()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await listed(node.index)).toContain("f awaitingTermsRequest");
  });

  it("goes on past a channel that lacks the bytes of a large event", async () => {
    await node.index.catchUp();
    await record("g");
    const { streamVersion } = await node.registry.read("g");
    const pointer = JSON.stringify({ claimCheck: 1, sha256: "00".repeat(32), sizeBytes: 1 });
    const bytes = new TextEncoder().encode(pointer);
    const lost = { channelId: "g", eventId: "lost", bytes, expectedStreamVersion: streamVersion };
    await createEventLog(node.broker, place).appendToStream(lost);
    await record("h");
    for (const build of [() => node.index.catchUp(), () => node.index.rebuild()]) {
      await build();
      expect(await node.index.find("g")).toMatchObject({ state: "damaged" });
      expect(await node.index.find("h")).toMatchObject({ state: "awaitingTermsRequest" });
    }
  });

  it("takes in many channels of one transaction at once, and keeps a bounded list of them", async () => {
    await node.index.catchUp();
    const txid = "cc".repeat(32);
    const channelIds = Array.from({ length: 100 }, (_, index) => `many${index}`);
    await Promise.all(channelIds.map((id) => record(id, wallet("OfferTerms"), wallet("SubmitPayment", { txid }))));
    await node.index.catchUp();
    const found = (await node.index.findByTxid(txid)).map(({ channelId }) => channelId);
    expect(found.toSorted()).toEqual(channelIds.toSorted());

    const full = { channelIds: Array.from({ length: 1_000 }, (_, index) => `other${index}`) };
    await documents().set(`txid.${otherTxid}`, new TextEncoder().encode(JSON.stringify(full)));
    await record("late", wallet("OfferTerms"), wallet("SubmitPayment", { txid: otherTxid }));
    await node.index.catchUp();
    expect(await node.index.find("late")).toMatchObject({ state: "awaitingAck" });
    const kept = await documents().get(`txid.${otherTxid}`);
    expect(JSON.parse(new TextDecoder().decode(kept?.bytes))).toEqual(full);
  });

  it("is kept up to date in the background, over errors", async () => {
    const errors: unknown[] = [];
    let isAway = true;
    const flaky = {
      lastRunMs: () => node.index.lastRunMs(),
      catchUp: async () => {
        if (isAway) throw new Error("away");
        await node.index.catchUp();
      },
    };
    const following = followIndex(flaky, { everyMs: 20, onError: (error) => errors.push(error) });
    await record("e");
    await waitFor(() => errors.length > 0);
    isAway = false;
    await waitFor(async () => (await node.index.find("e")) !== null);
    await following.close();
  });
});
