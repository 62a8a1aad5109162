import { addressesOf, type Config, type HeaderSourceConfig } from "@p4/config";
import type { EvidenceBlock } from "@p4/evidence";
import { findHeader } from "@p4/headers";

/** A header, or why there is none. */
export type BlockAnswer =
  | { readonly kind: "found"; readonly block: EvidenceBlock }
  | { readonly kind: "missing"; readonly blockHash: string; readonly reason: string };

const timeoutMs = 3_000;

/**
 * Finds the headers of the blocks that proofs name; each block is asked for once. Without a configured source the miner
 * is asked, as the system that runs on this machine does.
 */
export function blockFinder(config: Config): (blockHash: string) => Promise<BlockAnswer> {
  const source: HeaderSourceConfig =
    config.headerSource.kind === "none" ? { kind: "miner", url: addressesOf(config).minerUrl } : config.headerSource;
  const answers = new Map<string, Promise<BlockAnswer>>();
  return (blockHash) => {
    const known = answers.get(blockHash) ?? ask(source, blockHash);
    answers.set(blockHash, known);
    return known;
  };
}

async function ask(source: HeaderSourceConfig, blockHash: string): Promise<BlockAnswer> {
  const name = nameOf(source);
  try {
    const found = await findHeader(source, blockHash, { timeoutMs });
    if (found !== null) return { kind: "found", block: { ...found, source: name } };
    return { kind: "missing", blockHash, reason: `${name} does not know it` };
  } catch (error) {
    return { kind: "missing", blockHash, reason: `${name}: ${reasonOf(error)}` };
  }
}

/** fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: { readonly code?: string } };
  return cause?.code ?? message;
}

/** For the file's reader; without what a URL may hold of credentials. */
function nameOf(source: HeaderSourceConfig): string {
  switch (source.kind) {
    case "none":
      return "nowhere";
    case "file":
      return "a file of headers";
    case "woc":
      return `whatsonchain.com (${source.network})`;
    case "miner":
    case "bhs":
      return new URL(source.url).host.slice(0, 200);
  }
}
