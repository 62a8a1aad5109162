import type { Broker } from "./broker.ts";

export interface StreamNamesOptions {
  /** Only those that listen to a subject that this pattern has in common with them. */
  readonly subject?: string;
  readonly timeoutMs?: number;
}

/** The names of all streams of the account. Rejects with STORE_UNAVAILABLE when the cluster has no leader. */
export async function streamNames(broker: Broker, { subject, timeoutMs }: StreamNamesOptions = {}): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const offset = names.length;
    const question = { offset, ...(subject === undefined ? {} : { subject }) };
    const page = await broker.api<{ total: number; streams: readonly string[] | null }>(
      "STREAM.NAMES",
      question,
      timeoutMs,
    );
    names.push(...(page.streams ?? []));
    if (names.length >= page.total || names.length === offset) return names;
  }
}
