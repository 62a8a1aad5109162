import { describe, expect, it } from "vitest";
import { SendQueues, type SendQueue } from "./send-queues.ts";

const kB = 1_000;

/** A peer of whom nothing but its queue is known. */
class Peer implements SendQueue {
  isEnding = false;
  queuedBytes: number;
  constructor(queuedBytes: number) {
    this.queuedBytes = queuedBytes;
  }
  end(): void {
    this.isEnding = true;
  }
  cut(): void {
    this.queuedBytes = 0;
  }
}

function queuesOf(...peers: Peer[]): SendQueues {
  const queues = new SendQueues();
  for (const peer of peers) queues.add(peer);
  queues.look();
  return queues;
}

describe("the send queues of a server", () => {
  it("are summed up, and forgotten once they are empty", () => {
    const [slow, quick] = [new Peer(50 * kB), new Peer(20 * kB)];
    const queues = queuesOf(slow, quick);
    expect(queues.queuedBytes).toBe(70 * kB);
    quick.queuedBytes = 0;
    queues.look();
    quick.queuedBytes = 5 * kB;
    queues.look();
    expect(queues.queuedBytes).toBe(50 * kB);
  });

  it("lose the longest first, and no more than is needed", () => {
    const peers = [new Peer(100 * kB), new Peer(300 * kB), new Peer(200 * kB)] as const;
    const queues = queuesOf(...peers);
    queues.endLargest(250 * kB, 150 * kB);
    expect(peers.map(({ isEnding }) => isEnding)).toEqual([false, true, false]);
    queues.look();
    expect([queues.queuedBytes, queues.endingBytes]).toEqual([600 * kB, 300 * kB]);
  });

  it("lose none that is within its share, nor a small one in any case", () => {
    const peers = [new Peer(40 * kB), new Peer(60 * kB), new Peer(16_384)] as const;
    const queues = queuesOf(...peers);
    queues.endLargest(1_000 * kB, 150 * kB);
    expect(peers.map(({ isEnding }) => isEnding)).toEqual([false, true, false]);
    queues.endLargest(1_000 * kB, 0);
    expect(peers.map(({ isEnding }) => isEnding)).toEqual([true, true, false]);
  });

  it("are cut where a peer was sent away and does not read", () => {
    const [told, staying] = [new Peer(100 * kB), new Peer(500 * kB)];
    const queues = queuesOf(told, staying);
    told.end();
    queues.cutEnding(1);
    expect([told.queuedBytes, staying.queuedBytes]).toEqual([0, 500 * kB]);
  });
});
