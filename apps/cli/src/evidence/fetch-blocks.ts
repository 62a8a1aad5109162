import type { EvidenceBlock } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { bytesToHex, displayHashToBytes, parseBlockHeader } from "@p4/spv";
import { isCliError } from "../cli-error.ts";
import { fetchJson } from "../pay/fetch-json.ts";

interface HeaderState {
  readonly header: {
    readonly version: number;
    readonly prevBlockHash: string;
    readonly merkleRoot: string;
    readonly creationTimestamp: number;
    readonly difficultyTarget: number;
    readonly nonce: number;
  };
  readonly height: number;
}

export interface FetchedBlocks {
  readonly blocks: readonly EvidenceBlock[];
  /** Blocks whose header was not found, with the reason. */
  readonly missing: readonly string[];
}

/** The headers of these blocks from a Block Headers Service or the development miner. A header is kept only if it hashes to its block. */
export async function fetchBlocks(baseUrl: string, blockHashes: Iterable<string>): Promise<FetchedBlocks> {
  const blocks: EvidenceBlock[] = [];
  const missing: string[] = [];
  for (const hash of new Set(blockHashes)) {
    try {
      const url = `${baseUrl}/api/v1/chain/header/state/${hash}`;
      const { header, height } = await fetchJson<HeaderState>(url, { what: "the headers service" });
      const bytes = headerBytes(header);
      if (parseBlockHeader(bytes, nodeCrypto).hash !== hash) missing.push(`${hash}: ${baseUrl} gave another header`);
      else blocks.push({ header: bytesToHex(bytes), height, source: baseUrl });
    } catch (error) {
      if (!isCliError(error)) throw error;
      missing.push(`${hash}: ${error.message}`);
    }
  }
  return { blocks, missing };
}

function headerBytes(header: HeaderState["header"]): Uint8Array {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.version, true);
  bytes.set(displayHashToBytes(header.prevBlockHash, "prevBlockHash"), 4);
  bytes.set(displayHashToBytes(header.merkleRoot, "merkleRoot"), 36);
  view.setUint32(68, header.creationTimestamp, true);
  view.setUint32(72, header.difficultyTarget, true);
  view.setUint32(76, header.nonce, true);
  return bytes;
}
