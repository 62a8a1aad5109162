import { isChannelId } from "@p4/protocol";
import { sdkCrypto, type SpvCrypto } from "@p4/spv";
import { EvidenceError } from "../errors.ts";
import type { ChannelHead } from "../evidence-contents.ts";
import { formatLine } from "../part-line.ts";
import { isCount } from "../part-json.ts";
import { sealFile } from "../seal-file.ts";
import { signStatement } from "../signing.ts";
import { anchorStatement } from "../statements.ts";
import type { SignedRoot } from "./anchor.ts";
import { leafHash, leafText, rootOf, treeLevels } from "./head-tree.ts";

export const anchorFormatVersion = 1;

export interface AnchorInput {
  readonly heads: Iterable<ChannelHead>;
  readonly anchoredAtMs: number;
  readonly operatorPrivateKeyHex: string;
  readonly crypto?: SpvCrypto;
}

/**
 * An anchor file: the signed root, then every head under it (see FORMAT.md).
 *
 * @throws EvidenceError EVIDENCE_INPUT_INVALID (no head, a channel twice, a bad member), EVIDENCE_KEY_INVALID.
 */
export function createAnchor(input: AnchorInput): string {
  const crypto = input.crypto ?? sdkCrypto;
  const { anchoredAtMs } = input;
  if (!isCount(anchoredAtMs)) throw invalid("anchoredAtMs: must be a whole number from 0");
  const heads = [...input.heads].sort((left, right) => (left.channelId < right.channelId ? -1 : 1));
  if (heads.length === 0) throw invalid("heads: must name at least one channel");
  heads.forEach((head, index) => checkHead(head, heads[index - 1]));
  const levels = treeLevels(
    heads.map((head) => leafHash(head, crypto)),
    crypto,
  );
  const unsigned = { anchoredAtMs, leafCount: heads.length, root: rootOf(levels) };
  const signedRoot: SignedRoot = {
    ...unsigned,
    ...signStatement(anchorStatement(unsigned), input.operatorPrivateKeyHex),
  };
  const lines = [formatLine(`p4a/${anchorFormatVersion}`, JSON.stringify(signedRoot), crypto)];
  for (const head of heads) lines.push(formatLine("head", leafText(head), crypto));
  return sealFile(lines, crypto);
}

function checkHead({ channelId, streamVersion, headHash }: ChannelHead, previous: ChannelHead | undefined): void {
  if (!isChannelId(channelId)) throw invalid("channelId: must be 1 to 64 of A-Z a-z 0-9 _ -");
  if (!isCount(streamVersion)) throw invalid(`streamVersion of ${channelId}: must be a whole number from 0`);
  if (!/^[0-9a-f]{64}$/.test(headHash)) throw invalid(`headHash of ${channelId}: must be 64 lower-case hex digits`);
  if (previous?.channelId === channelId) throw invalid(`heads: ${channelId} is named twice`);
}

function invalid(rule: string): EvidenceError {
  return new EvidenceError("EVIDENCE_INPUT_INVALID", rule);
}
