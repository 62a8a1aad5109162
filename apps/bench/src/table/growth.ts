import { rssBytesOf } from "../server-process.ts";
import { appendBatch, refuseErrors } from "./broker-bound.ts";
import type { BareClient } from "./bare-client.ts";
import type { Figures } from "./figures.ts";
import { conversations } from "./loads.ts";
import type { Contender } from "./scenario.ts";
import { SocketCrowd } from "./socket-crowd.ts";
import type { BareBroker, Stage } from "./stage.ts";
import { startSystem } from "./subjects.ts";
import { latencyFigures, startMeasuring, underLoad } from "./under-load.ts";
import { warmUp } from "./warm-up.ts";

/** 32 conversations beside `channels` idle ones on the same edge. */
export async function besideLiveChannels(stage: Stage, channels: number): Promise<Contender> {
  const [{ root }] = stage.builds;
  const name = `beside ${String(channels)} live channels`;
  const system = stage.pass(await startSystem(name, root, stage.onProgress));
  await warmUp(system, stage.onProgress);
  stage.onProgress(`opening ${String(channels)} channels`);
  stage.pass(await SocketCrowd.join(system.port, "idle sockets", channels));
  return underLoad(system, conversations(32, 60));
}

const eventBytes = 900;
const appendsPerRound = 2_000;
const inFlight = 32;
const fillBatch = 250;
const fillStreams = 2;

/** Appends of a bare client to a few subjects of a broker that has recorded `subjects` of them. */
export async function besideRecordedSubjects(stage: Stage, subjects: number): Promise<Contender> {
  const broker = await stage.newBareBroker();
  stage.onProgress(`recording ${String(subjects)} subjects`);
  const event = Buffer.alloc(eventBytes, "x");
  const before = memoryOf(broker);
  const perStream = Math.ceil(subjects / fillStreams / fillBatch);
  const fill = async (stream: number): Promise<void> => {
    for (let batch = 0; batch < perStream; batch++) await appendBatch(broker.client, stream, fillBatch, event);
  };
  await Promise.all(Array.from({ length: fillStreams }, (_, stream) => fill(stream)));
  const writers = await Promise.all(
    Array.from({ length: inFlight }, (_, index) => ChannelWriter.open(broker.client, index % fillStreams, index)),
  );
  const brokerKbPerSubject = (memoryOf(broker) - before) / 1024 / (perStream * fillBatch * fillStreams);
  return {
    name: `beside ${String(subjects)} recorded subjects`,
    measure: async () => ({ ...(await append(broker, writers)), brokerKbPerSubject }),
  };
}

const memoryOf = ({ pid }: BareBroker): number => (pid === null ? Number.NaN : rssBytesOf(pid));

async function append({ pid }: BareBroker, writers: readonly ChannelWriter[]): Promise<Figures> {
  const latencies: number[] = [];
  let next = 0;
  const measuring = startMeasuring({ pid: null, brokerPid: pid });
  const write = async (writer: ChannelWriter): Promise<void> => {
    while (next++ < appendsPerRound) {
      const sentMs = performance.now();
      await writer.append();
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(writers.map(write));
  return { ...measuring.end(latencies.length), ...latencyFigures(latencies) };
}

/** One channel's events, one after the other, each with the sequence that it expects: no new subject for any of them. */
class ChannelWriter {
  readonly #client: BareClient;
  readonly #subject: string;
  readonly #event = Buffer.alloc(eventBytes, "x");
  #sequence = 0;

  private constructor(client: BareClient, subject: string) {
    this.#client = client;
    this.#subject = subject;
  }

  static async open(client: BareClient, stream: number, index: number): Promise<ChannelWriter> {
    const writer = new ChannelWriter(client, `bound.${String(stream)}.event.writer-${String(index)}`);
    await writer.append();
    return writer;
  }

  async append(): Promise<void> {
    const expected = `Nats-Expected-Last-Subject-Sequence: ${String(this.#sequence)}\r\n`;
    const answer = refuseErrors(await this.#client.request(this.#subject, expected, this.#event));
    this.#sequence = (JSON.parse(answer) as { seq: number }).seq;
  }
}
