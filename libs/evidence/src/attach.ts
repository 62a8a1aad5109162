import { sdkCrypto, type SpvCrypto } from "@p4/spv";
import { anchorProofFault, type AnchorProof } from "./anchor/anchor.ts";
import { EvidenceError } from "./errors.ts";
import type { ChannelHead, KeySignature } from "./evidence-contents.ts";
import type { EvidenceFile } from "./evidence-file.ts";
import { formatLine, type PartLine } from "./part-line.ts";
import { readEvidence } from "./read-evidence.ts";
import { sealFile } from "./seal-file.ts";
import { isSignedBy } from "./signing.ts";
import { headStatement } from "./statements.ts";
import { utf8Bytes } from "./text-bytes.ts";

/**
 * Adds a second party's signature of the file's head (made by `countersignHead`). What the operator signed stays as it is.
 *
 * @throws EvidenceError EVIDENCE_DAMAGED, EVIDENCE_TOO_NEW; EVIDENCE_INPUT_INVALID when the signature is not of this head.
 */
export function appendCountersignature(
  file: Uint8Array | string,
  signature: KeySignature,
  crypto: SpvCrypto = sdkCrypto,
): string {
  const { lines, file: evidence } = open(file, crypto);
  const { publicKey, signature: der } = signature;
  if (!isSignedBy(headStatement(evidence.manifest.value.head), signature, crypto)) {
    throw new EvidenceError("EVIDENCE_INPUT_INVALID", "signature: does not verify over the file's head");
  }
  const line = formatLine("countersignature", JSON.stringify({ publicKey, signature: der }), crypto);
  const at = lines.findIndex(({ part }) => part === "anchor" || part === "end");
  return insert(lines, at, line, crypto);
}

/** Adds the proof that an anchor names this channel. Throws as `appendCountersignature` does. */
export function appendAnchor(file: Uint8Array | string, proof: AnchorProof, crypto: SpvCrypto = sdkCrypto): string {
  const { lines, file: evidence } = open(file, crypto);
  const { channelId } = evidence.header.value;
  if (proof.head.channelId !== channelId) {
    throw new EvidenceError("EVIDENCE_INPUT_INVALID", `anchor: is of ${proof.head.channelId}, not of ${channelId}`);
  }
  const fault = anchorProofFault(proof, crypto);
  if (fault !== null) throw new EvidenceError("EVIDENCE_INPUT_INVALID", `anchor: ${fault}`);
  return insert(lines, lines.length - 1, formatLine("anchor", JSON.stringify(orderedProof(proof)), crypto), crypto);
}

/** The head that a second party is asked to countersign. Throws EVIDENCE_DAMAGED, EVIDENCE_TOO_NEW. */
export function evidenceHead(file: Uint8Array | string, crypto: SpvCrypto = sdkCrypto): ChannelHead {
  return open(file, crypto).file.manifest.value.head;
}

function open(
  file: Uint8Array | string,
  crypto: SpvCrypto,
): { readonly file: EvidenceFile; readonly lines: readonly PartLine[] } {
  const read = readEvidence(typeof file === "string" ? utf8Bytes(file) : file, crypto);
  if (read.ok) return read;
  const fault = read.checks[0];
  const code = fault?.code === "FORMAT" ? "EVIDENCE_TOO_NEW" : "EVIDENCE_DAMAGED";
  throw new EvidenceError(code, `line ${fault?.line}, ${fault?.part}: ${fault?.statement}`);
}

function insert(lines: readonly PartLine[], at: number, line: string, crypto: SpvCrypto): string {
  const kept = lines.slice(0, -1).map(({ part, sha256, content }) => `${part} ${sha256} ${content}\n`);
  return sealFile([...kept.slice(0, at), line, ...kept.slice(at)], crypto);
}

/** One value, one text: members in the order of the format. */
function orderedProof({ signedRoot, head, index, path }: AnchorProof): AnchorProof {
  const { anchoredAtMs, leafCount, root, publicKey, signature } = signedRoot;
  const { channelId, streamVersion, headHash } = head;
  return {
    signedRoot: { anchoredAtMs, leafCount, root, publicKey, signature },
    head: { channelId, streamVersion, headHash },
    index,
    path,
  };
}
