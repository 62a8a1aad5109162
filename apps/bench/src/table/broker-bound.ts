import { withBroker } from "../bench-edge.ts";
import { median, percentile } from "../statistics.ts";
import { BareClient } from "./bare-client.ts";

/** As many streams as channels are spread over by default. */
const mostStreams = 8;
const eventBytes = 900;

export interface BoundOptions {
  /** 1 to 8 that the events are spread over. */
  readonly streams: number;
  readonly inFlight: number;
  /** 1: single appends. More: atomic batches of this size, all of one stream. */
  readonly batch: number;
  readonly forMs: number;
}

export interface BoundResult extends BoundOptions {
  readonly appendsPerSecond: number;
  readonly p50Ms: number;
}

/** What this machine's broker stores at the most: events with an expected sequence and an id, each synced to disk. */
export function measureBound(
  bounds: readonly BoundOptions[],
  rounds: number,
  onProgress: (text: string) => void,
): Promise<BoundResult[]> {
  return withBroker(onProgress, async (url) => {
    const client = await BareClient.connect(url);
    for (let stream = 0; stream < mostStreams; stream++) await createStream(client, stream);
    const results = new Map<BoundOptions, BoundResult[]>(bounds.map((bound) => [bound, []]));
    for (let round = 0; round < rounds; round++) {
      for (const bound of bounds) results.get(bound)?.push(await measure(client, bound));
    }
    client.close();
    return bounds.map((bound) => {
      const all = results.get(bound) ?? [];
      const of = (pick: (result: BoundResult) => number): number => median(all.map(pick));
      return { ...bound, appendsPerSecond: of((each) => each.appendsPerSecond), p50Ms: of((each) => each.p50Ms) };
    });
  });
}

async function createStream(client: BareClient, stream: number): Promise<void> {
  const settings = {
    name: `BOUND_${String(stream)}`,
    subjects: [`bound.${String(stream)}.event.*`],
    storage: "file",
    discard: "new",
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    allow_atomic: true,
    republish: { src: `bound.${String(stream)}.event.*`, dest: `bound.${String(stream)}.live.{{wildcard(1)}}` },
  };
  const answer = await client.request(
    `$JS.API.STREAM.CREATE.${settings.name}`,
    "",
    Buffer.from(JSON.stringify(settings)),
  );
  if (answer.includes('"error"')) throw new Error(answer);
}

let eventCount = 0;
let batchCount = 0;
const event = Buffer.alloc(eventBytes, "x");

async function measure(client: BareClient, bound: BoundOptions): Promise<BoundResult> {
  const { streams, inFlight, batch, forMs } = bound;
  const latencies: number[] = [];
  let stored = 0;
  const startedMs = performance.now();
  const worker = async (stream: number): Promise<void> => {
    while (performance.now() - startedMs < forMs) {
      const sentMs = performance.now();
      const answer = await (batch === 1 ? appendOne(client, stream) : appendBatch(client, stream, batch));
      if (answer.includes('"error"')) throw new Error(answer);
      latencies.push(performance.now() - sentMs);
      stored += batch;
    }
  };
  await Promise.all(Array.from({ length: Math.ceil(inFlight / batch) }, (_, index) => worker(index % streams)));
  const seconds = (performance.now() - startedMs) / 1000;
  return { ...bound, appendsPerSecond: stored / seconds, p50Ms: percentile(Float64Array.from(latencies), 0.5) };
}

const guards = (id: number): string => `Nats-Expected-Last-Subject-Sequence: 0\r\nNats-Msg-Id: bound-${String(id)}\r\n`;

function appendOne(client: BareClient, stream: number): Promise<string> {
  const id = ++eventCount;
  return client.request(`bound.${String(stream)}.event.${String(id)}`, guards(id), event);
}

/** The last message asks for the commit, and has the answer for all. */
async function appendBatch(client: BareClient, stream: number, size: number): Promise<string> {
  const batchId = `b${String(++batchCount)}`;
  for (let place = 1; ; place++) {
    const id = ++eventCount;
    const subject = `bound.${String(stream)}.event.${String(id)}`;
    const lines = `Nats-Batch-Id: ${batchId}\r\nNats-Batch-Sequence: ${String(place)}\r\n${guards(id)}`;
    if (place === size) return client.request(subject, `${lines}Nats-Batch-Commit: 1\r\n`, event);
    client.publish(subject, lines, event);
  }
}
