import type { RecordedProof } from "@p4/channel";
import { hexToBytes, isSpvError, meetsOwnTarget, parseBlockHeader, type BlockHeader, type SpvCrypto } from "@p4/spv";
import type { EvidenceBlock } from "../evidence-contents.ts";
import type { Part } from "../evidence-file.ts";
import { failed, notProved, proved, type CheckPlace, type EvidenceCheck } from "../report.ts";

export interface BlockIndex {
  /** Headers in the file that are not what they must be. */
  readonly faults: readonly EvidenceCheck[];
  /** Whether the block that a proof names has the proof's root. `own`: the header that the proof itself brought. */
  checkBlockOf(proof: RecordedProof, own: BlockHeader | undefined, place: CheckPlace): EvidenceCheck;
}

interface KnownBlock {
  readonly header: BlockHeader;
  readonly origin: string;
}

export function indexBlocks(parts: readonly Part<EvidenceBlock>[], crypto: SpvCrypto): BlockIndex {
  const faults: EvidenceCheck[] = [];
  const known: KnownBlock[] = [];
  for (const part of parts) {
    const header = readHeader(part.value, crypto);
    if (header === null || !meetsOwnTarget(header)) {
      faults.push(failed("BLOCK", "The header does not meet the proof of work that it names.", part));
      continue;
    }
    const height = part.value.height === null ? "" : `, height ${part.value.height}`;
    known.push({ header, origin: `from ${part.value.source}${height}` });
  }
  return { faults, checkBlockOf: (proof, own, place) => checkBlock(proof, own, known, place) };
}

function checkBlock(
  proof: RecordedProof,
  own: BlockHeader | undefined,
  known: readonly KnownBlock[],
  place: CheckPlace,
): EvidenceCheck {
  const candidates = own === undefined ? known : [...known, { header: own, origin: "brought by the proof itself" }];
  const block =
    proof.blockHash === null
      ? candidates.find(({ header }) => header.merkleRoot === proof.merkleRoot)
      : candidates.find(({ header }) => header.hash === proof.blockHash);
  if (block === undefined) {
    const name = proof.blockHash === null ? `a block with the root ${proof.merkleRoot}` : `block ${proof.blockHash}`;
    return notProved("BLOCK", `The file has no header of ${name}: that there is such a block is not proved.`, place);
  }
  const { header, origin } = block;
  if (header.merkleRoot !== proof.merkleRoot) {
    return failed("BLOCK", `Block ${header.hash} has the Merkle root ${header.merkleRoot}, not the proof's.`, place);
  }
  const work = `its header (${origin}) meets a proof of work of about 2^${workBits(header.bits)} hashes`;
  return proved("BLOCK", `Block ${header.hash} has the proof's Merkle root, and ${work}.`, place);
}

/** Which chain has the most work is the network's to say, not a file's. */
export function chainNotProved(hashes: ReadonlySet<string>): readonly EvidenceCheck[] {
  if (hashes.size === 0) return [];
  const blocks = `${hashes.size === 1 ? "block" : "blocks"} ${[...hashes].join(", ")}`;
  const statement = `That the chain with the most work contains ${blocks} is not proved by a file: look it up in a header source that you trust.`;
  return [notProved("BLOCK", statement)];
}

function readHeader({ header }: EvidenceBlock, crypto: SpvCrypto): BlockHeader | null {
  try {
    return parseBlockHeader(hexToBytes(header, "header"), crypto);
  } catch (error) {
    if (isSpvError(error)) return null;
    throw error;
  }
}

/** log2 of the hashes that the compact target takes on average, rounded. */
function workBits(bits: number): number {
  const exponent = bits >>> 24;
  return Math.round(256 - 8 * (exponent - 3) - Math.log2(bits & 0x7fffff));
}
