import type { Broker } from "./broker.ts";

/** The names of all streams of the account. Rejects with STORE_UNAVAILABLE when the cluster has no leader. */
export async function streamNames(broker: Broker): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const offset = names.length;
    const page = await broker.api<{ total: number; streams: readonly string[] | null }>("STREAM.NAMES", { offset });
    names.push(...(page.streams ?? []));
    if (names.length >= page.total || names.length === offset) return names;
  }
}
