import { latencyFigures, startMeasuring } from "./under-load.ts";
import type { BareClient } from "./bare-client.ts";
import type { Figures } from "./figures.ts";
import type { Contender } from "./scenario.ts";
import type { BareBroker } from "./stage.ts";

/** As many streams as channels are spread over by default. */
const mostStreams = 8;

export interface BoundOptions {
  /** 1 to 8 that the events are spread over. */
  readonly streams: number;
  readonly inFlight: number;
  /** 1: single appends. More: atomic batches of this size, all of one stream. */
  readonly batch: number;
  readonly forMs: number;
  readonly bytes?: number;
}

/** About what an event takes that holds a message of 700 bytes. */
const eventBytes = 900;

/** What this machine's broker stores at the most: events with an expected sequence and an id, each synced to disk. */
export function brokerBound(broker: BareBroker, bound: BoundOptions, name = nameOf(bound)): Contender {
  return { name, measure: () => measure(broker, bound) };
}

function nameOf({ batch, streams, inFlight }: BoundOptions): string {
  const what = batch === 1 ? "single appends" : `atomic batches of ${String(batch)}`;
  return `bare client: ${what}, ${String(streams)} streams, ${String(inFlight)} in flight`;
}

export async function createBoundStreams(client: BareClient): Promise<void> {
  for (let stream = 0; stream < mostStreams; stream++) await createStream(client, stream);
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
  const body = Buffer.from(JSON.stringify(settings));
  refuseErrors(await client.request(`$JS.API.STREAM.CREATE.${settings.name}`, "", body));
}

/** @throws Error with the answer, when it tells of one */
export function refuseErrors(answer: string): string {
  if (answer.includes('"error"')) throw new Error(answer);
  return answer;
}

async function measure({ client, pid }: BareBroker, bound: BoundOptions): Promise<Figures> {
  const { streams, inFlight, batch, forMs } = bound;
  const event = Buffer.alloc(bound.bytes ?? eventBytes, "x");
  const latencies: number[] = [];
  let stored = 0;
  const measuring = startMeasuring({ pid: null, brokerPid: pid });
  const endMs = performance.now() + forMs;
  const worker = async (stream: number): Promise<void> => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      await (batch === 1 ? appendOne(client, stream, event) : appendBatch(client, stream, batch, event));
      latencies.push(performance.now() - sentMs);
      stored += batch;
    }
  };
  await Promise.all(Array.from({ length: Math.ceil(inFlight / batch) }, (_, index) => worker(index % streams)));
  return { ...measuring.end(stored), ...latencyFigures(latencies) };
}

let eventCount = 0;
let batchCount = 0;

const guards = (id: number): string => `Nats-Expected-Last-Subject-Sequence: 0\r\nNats-Msg-Id: bound-${String(id)}\r\n`;

async function appendOne(client: BareClient, stream: number, event: Buffer): Promise<void> {
  const id = ++eventCount;
  refuseErrors(await client.request(`bound.${String(stream)}.event.${String(id)}`, guards(id), event));
}

/** Each event on a subject of its own. The last message asks for the commit, and has the answer for all. */
export async function appendBatch(client: BareClient, stream: number, size: number, event: Buffer): Promise<void> {
  const batchId = `b${String(++batchCount)}`;
  for (let place = 1; ; place++) {
    const id = ++eventCount;
    const subject = `bound.${String(stream)}.event.${String(id)}`;
    const lines = `Nats-Batch-Id: ${batchId}\r\nNats-Batch-Sequence: ${String(place)}\r\n${guards(id)}`;
    if (place === size) {
      refuseErrors(await client.request(subject, `${lines}Nats-Batch-Commit: 1\r\n`, event));
      return;
    }
    client.publish(subject, lines, event);
  }
}
