import type { SpvCrypto } from "@p4/spv";
import { anchoredHead, anchorProofFault, type Anchor, type SignedRoot } from "../anchor/anchor.ts";
import type { ChannelHead, KeySignature } from "../evidence-contents.ts";
import type { EvidenceFile } from "../evidence-file.ts";
import { failed, notProved, proved, type CheckCode, type CheckPlace, type EvidenceCheck } from "../report.ts";
import { isSignedBy } from "../signing.ts";
import { headStatement } from "../statements.ts";
import { timeText } from "../time-text.ts";
import type { RecordedEvent } from "./recorded-event.ts";

/** A head that a second party signed, kept outside of the file. */
export type CountersignedHead = ChannelHead & KeySignature;

export interface TailWitnesses {
  readonly anchors: readonly Anchor[];
  readonly countersignedHeads: readonly CountersignedHead[];
  readonly trustedKeys: readonly string[];
}

/** Somebody's word, outside of the chain, that the channel had this head. */
interface Witness {
  readonly code: CheckCode;
  readonly head: ChannelHead;
  readonly publicKey: string;
  readonly who: string;
  /** Null when it verifies. */
  readonly fault: string | null;
  readonly place?: CheckPlace;
}

/**
 * A hash chain shows what is missing inside, not what is missing at its end: that takes a witness to the head. Compares
 * the chain with countersignatures and anchors, in the file and given beside it.
 */
export function checkTail(
  file: EvidenceFile,
  events: readonly RecordedEvent[],
  ended: boolean,
  { anchors, countersignedHeads, trustedKeys }: TailWitnesses,
  crypto: SpvCrypto,
): readonly EvidenceCheck[] {
  const { head } = file.manifest.value;
  const witnesses = [
    ...file.countersignatures.map((part) => countersigner({ ...head, ...part.value }, crypto, part)),
    ...countersignedHeads
      .filter(({ channelId }) => channelId === head.channelId)
      .map((countersigned) => countersigner(countersigned, crypto)),
    ...file.anchors.map(({ value, ...place }) =>
      anchorer(value.signedRoot, value.head, anchorProofFault(value, crypto), place),
    ),
    ...anchors.flatMap((anchor) => {
      const anchored = anchoredHead(anchor, head.channelId);
      return anchored === undefined ? [] : [anchorer(anchor.signedRoot, anchored, null)];
    }),
  ];
  const isKnown = (witness: Witness): boolean =>
    trustedKeys.includes(witness.publicKey) ||
    (witness.code === "ANCHOR" && witness.publicKey === file.header.value.operatorKey);
  const checks = witnesses.map((witness) => checkWitness(witness, isKnown(witness), events));
  const covered = witnesses.filter((witness, index) => checks[index]?.status === "ok" && isKnown(witness));
  const last = covered.find(({ head: witnessed }) => witnessed.streamVersion === head.streamVersion);
  return [...checks, tailCheck(head, last, covered, ended)];
}

function countersigner(head: CountersignedHead, crypto: SpvCrypto, place?: CheckPlace): Witness {
  const { publicKey } = head;
  const fault = isSignedBy(headStatement(head), head, crypto) ? null : "the signature does not verify over this head";
  return { code: "COUNTERSIGNATURE", head, publicKey, who: `The key ${publicKey}`, fault, ...(place && { place }) };
}

function anchorer(signedRoot: SignedRoot, head: ChannelHead, fault: string | null, place?: CheckPlace): Witness {
  const { publicKey, anchoredAtMs } = signedRoot;
  const who = `The anchor of ${timeText(anchoredAtMs)} by the key ${publicKey}`;
  return { code: "ANCHOR", head, publicKey, who, fault, ...(place && { place }) };
}

function checkWitness(
  { code, head, who, fault, place }: Witness,
  known: boolean,
  events: readonly RecordedEvent[],
): EvidenceCheck {
  if (fault !== null) return failed(code, `${who} does not hold: ${fault}.`, place);
  const disputed = disputeOf(head, events);
  if (disputed === null) {
    const statement = `${who} names event ${head.streamVersion} with the hash that it has here.`;
    return known
      ? proved(code, statement, place)
      : notProved(code, `${statement} Whose key it is, is not proved: it is none that you trust.`, place);
  }
  if (known) return failed(code, `${who} names ${disputed}`, place);
  return notProved(code, `${who} names ${disputed} It is no key that you trust, so this decides nothing.`, place);
}

/** How a witnessed head disagrees with the chain; null when it is a part of it. */
function disputeOf(head: ChannelHead, events: readonly RecordedEvent[]): string | null {
  const last = events.at(-1)?.streamVersion ?? 0;
  if (head.streamVersion > last) {
    return `event ${head.streamVersion} as the last, the file ends with event ${last}: a tail was removed.`;
  }
  const same = events.find(({ streamVersion }) => streamVersion === head.streamVersion);
  if (same === undefined) return `event ${head.streamVersion}, which is not in the file: the history was rewritten.`;
  return same.hash === head.headHash
    ? null
    : `event ${head.streamVersion} with another hash: the history was rewritten.`;
}

function tailCheck(
  head: ChannelHead,
  last: Witness | undefined,
  covered: readonly Witness[],
  ended: boolean,
): EvidenceCheck {
  if (last !== undefined) {
    return proved(
      "TAIL",
      `${last.who} vouches for event ${head.streamVersion} as the head: nothing before it is missing. What may have come later is not in this file.`,
    );
  }
  if (ended) {
    return proved("TAIL", `Event ${head.streamVersion} ends the channel: no event can follow it.`);
  }
  const furthest = Math.max(0, ...covered.map(({ head: witnessed }) => witnessed.streamVersion));
  const known = furthest === 0 ? "" : ` Up to event ${furthest} nothing is missing.`;
  return notProved(
    "TAIL",
    `A removed tail cannot be excluded: nobody else vouches for event ${head.streamVersion} as the last one.${known}`,
  );
}
