import type { Broker } from "./broker-cluster.ts";

/** The part of a nats-server's `/jsz?streams=true` that says who leads what. */
interface JetStreamReport {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly { readonly cluster?: { readonly leader?: string } }[];
  }[];
}

/** How many streams each server leads. Every member of a cluster whose streams have as many replicas knows them all. */
export function streamsLed({ account_details = [] }: JetStreamReport): Map<string, number> {
  const led = new Map<string, number>();
  for (const { stream_detail = [] } of account_details) {
    for (const { cluster } of stream_detail) {
      if (cluster?.leader === undefined || cluster.leader === "") continue;
      led.set(cluster.leader, (led.get(cluster.leader) ?? 0) + 1);
    }
  }
  return led;
}

/** The broker that leads most streams, and how many. @throws Error when none leads any. */
export async function busiestLeader(brokers: readonly Broker[]): Promise<{ broker: Broker; streams: number }> {
  const answer = await fetch(`${brokers[0]?.monitorUrl ?? ""}/jsz?streams=true`);
  const led = streamsLed((await answer.json()) as JetStreamReport);
  const [name, streams = 0] = [...led].sort(([, left], [, right]) => right - left)[0] ?? [];
  const broker = brokers.find((candidate) => candidate.name === name);
  if (broker === undefined) throw new Error("no broker leads a stream");
  return { broker, streams };
}
