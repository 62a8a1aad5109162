import { createHeaderSource } from "@p4/headers";
import type { HeaderSource } from "@p4/spv";

/** Block headers from the Block Headers Service's routes, which the development miner has too. */
export function minerHeaders(url: string): HeaderSource {
  return createHeaderSource({ kind: "miner", url }, { timeoutMs: 10_000 });
}
