import { bytesToHex, sdkCrypto, type SpvCrypto } from "@p4/spv";
import type { Anchor } from "./anchor/anchor.ts";
import { chainNotProved, indexBlocks } from "./checks/check-blocks.ts";
import { checkChain } from "./checks/check-chain.ts";
import { checkClock } from "./checks/check-clock.ts";
import { checkMachine } from "./checks/check-machine.ts";
import { checkMessages } from "./checks/check-messages.ts";
import { checkPayments } from "./checks/check-payment.ts";
import { checkProofs } from "./checks/check-proofs.ts";
import { checkOperatorKey, checkSignature } from "./checks/check-signature.ts";
import { checkTail, type CountersignedHead } from "./checks/check-tail.ts";
import { limitsOfProof } from "./checks/limits-of-proof.ts";
import { eventsOf, type RecordedEvent } from "./checks/recorded-event.ts";
import { evidenceFormatVersion, type EvidenceFile } from "./evidence-file.ts";
import { readEvidence } from "./read-evidence.ts";
import { notProved, proved, verdictOf, type EvidenceCheck, type EvidenceReport } from "./report.ts";
import { utf8Bytes } from "./text-bytes.ts";

export interface VerifyEvidenceOptions {
  /** Default: @bsv/sdk's JavaScript, which also runs in a browser. */
  readonly crypto?: SpvCrypto;
  /** The operator's public keys as you know them: compressed, lower-case hex. A file signed by another key fails. */
  readonly trustedKeys?: readonly string[];
  /** Keys of operators that you know, of whom this file need not be: one signed by another key does not hold. */
  readonly knownKeys?: readonly string[];
  /** Public keys of second parties, such as the merchant, whose countersignatures count. */
  readonly witnessKeys?: readonly string[];
  /** Roots of anchors as they were published: they make an anchor that is in the file count. */
  readonly knownRoots?: readonly string[];
  /** Anchor files that you did not get with the evidence, read by `readAnchor`. */
  readonly anchors?: readonly Anchor[];
  /** Heads that others signed and kept. */
  readonly countersignedHeads?: readonly CountersignedHead[];
}

/**
 * Verifies an evidence file without any network and says what is proved. Never throws for what is in the file. Give the
 * file's bytes: a text that was decoded leniently may hide a changed byte.
 */
export function verifyEvidence(file: Uint8Array | string, options: VerifyEvidenceOptions = {}): EvidenceReport {
  const crypto = options.crypto ?? sdkCrypto;
  const bytes = typeof file === "string" ? utf8Bytes(file) : file;
  const read = readEvidence(bytes, crypto);
  const fileSha256 = bytesToHex(crypto.sha256(bytes));
  if (!read.ok) {
    const rest = notProved("PARTS", "Nothing else was checked: what a damaged file says is not to be relied upon.");
    return { verdict: "fails", checks: [...read.checks, rest], fileSha256, file: null, timeline: [] };
  }
  const { checks, timeline } = verifyContents(read.file, crypto, options);
  const whole: EvidenceCheck[] = [
    proved("FORMAT", `It is an evidence file of version ${evidenceFormatVersion}.`),
    proved("PARTS", `All ${read.lines.length} lines match their hashes; nothing is cut off.`),
    proved("MANIFEST", `All ${read.file.manifest.value.parts.length} signed parts are there, in their order.`),
  ];
  const all = [...whole, ...checks];
  return { verdict: verdictOf(all), checks: all, fileSha256, file: read.file, timeline };
}

function verifyContents(
  file: EvidenceFile,
  crypto: SpvCrypto,
  options: VerifyEvidenceOptions,
): Pick<EvidenceReport, "checks" | "timeline"> {
  const {
    trustedKeys = [],
    knownKeys = [],
    witnessKeys = [],
    knownRoots = [],
    anchors = [],
    countersignedHeads = [],
  } = options;
  const operatorKeys = trustedKeys.length > 0 ? trustedKeys : knownKeys;
  const witnesses = { trustedKeys: operatorKeys, witnessKeys, knownRoots, anchors, countersignedHeads };
  const chain = checkChain(file, crypto);
  const signed = [checkSignature(file, crypto), checkOperatorKey(file, trustedKeys, knownKeys), chain.check];
  if (chain.events.length === 0) return { checks: [...signed, unchecked()], timeline: [] };
  const { events } = chain;
  const machine = checkMachine(file, crypto);
  const blocks = indexBlocks(file.blocks, crypto);
  const checks = [
    ...signed,
    ...machine.checks,
    ...checkMessages(file.header.value.channelId, events),
    ...checkPayments(events, crypto),
    ...checkProofs(events, blocks, crypto),
    ...blocks.faults,
    ...chainNotProved(provenBlocks(events)),
    ...checkClock(file, events),
    ...checkTail(file, events, machine.ended, witnesses, crypto),
    ...limitsOfProof(file, events),
  ];
  return { checks, timeline: machine.timeline };
}

function provenBlocks(events: readonly RecordedEvent[]): ReadonlySet<string> {
  const hashes = eventsOf(events, "ProofRecorded").map(({ event }) => event.data.proof?.blockHash);
  return new Set(hashes.filter((hash) => typeof hash === "string"));
}

function unchecked(): EvidenceCheck {
  return notProved("MACHINE", "States, messages and proofs were not checked: the chain of events does not hold.");
}
