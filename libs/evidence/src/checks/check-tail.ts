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
  readonly knownRoots: readonly string[];
  readonly countersignedHeads: readonly CountersignedHead[];
  /** The operator's keys: anchors count when one of them, or the key of the file itself, signed the root. */
  readonly trustedKeys: readonly string[];
  /** Keys of second parties: only theirs count as countersignatures. */
  readonly witnessKeys: readonly string[];
}

/** A statement from outside of the chain that the channel had this head. */
interface Witness {
  readonly code: CheckCode;
  readonly head: ChannelHead;
  readonly who: string;
  /** Null when it verifies. */
  readonly fault: string | null;
  /** Why it proves nothing although it verifies; null when it counts. */
  readonly doubt: string | null;
  /** The key is one whose word is held against the file. */
  readonly binding: boolean;
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
  given: TailWitnesses,
  crypto: SpvCrypto,
): readonly EvidenceCheck[] {
  const { head } = file.manifest.value;
  const witnesses = witnessesOf(file, given, crypto);
  const checks = witnesses.map((witness) => checkWitness(witness, events));
  const covered = witnesses.filter((_, index) => checks[index]?.status === "ok");
  return [...checks, tailCheck(head, covered, ended)];
}

function witnessesOf(file: EvidenceFile, given: TailWitnesses, crypto: SpvCrypto): readonly Witness[] {
  const { head } = file.manifest.value;
  const operatorKeys = [...given.trustedKeys, file.header.value.operatorKey];
  const knownRoots = [...given.knownRoots, ...given.anchors.map(({ signedRoot }) => signedRoot.root)];
  const countersigner = (countersigned: CountersignedHead, place?: CheckPlace): Witness => {
    const { publicKey } = countersigned;
    const isKnown = given.witnessKeys.includes(publicKey);
    return {
      code: "COUNTERSIGNATURE",
      head: countersigned,
      who: `The key ${publicKey}`,
      fault: isSignedBy(headStatement(countersigned), countersigned, crypto)
        ? null
        : "the signature does not verify over this head",
      doubt: isKnown ? null : "Whose key it is, is not proved: it is no second party's that you know.",
      binding: isKnown,
      ...(place && { place }),
    };
  };
  const anchorer = (
    signedRoot: SignedRoot,
    anchored: ChannelHead,
    fault: string | null,
    place?: CheckPlace,
  ): Witness => {
    const isOperators = operatorKeys.includes(signedRoot.publicKey);
    // The operator can make an anchor of any head at any time: only a root that was known elsewhere binds him.
    const unpublished = `That the root ${signedRoot.root} was published then is not proved: compare it with what you know from elsewhere.`;
    const doubt = knownRoots.includes(signedRoot.root) ? null : unpublished;
    return {
      code: "ANCHOR",
      head: anchored,
      who: `The anchor of ${timeText(signedRoot.anchoredAtMs)} by the key ${signedRoot.publicKey}`,
      fault,
      doubt: isOperators ? doubt : "Whose key it is, is not proved: it is none of the operator's that you know.",
      binding: isOperators,
      ...(place && { place }),
    };
  };
  return [
    ...file.countersignatures.map((part) => countersigner({ ...head, ...part.value }, part)),
    ...given.countersignedHeads
      .filter(({ channelId }) => channelId === head.channelId)
      .map((countersigned) => countersigner(countersigned)),
    ...file.anchors.map(({ value, ...place }) =>
      anchorer(value.signedRoot, value.head, anchorProofFault(value, crypto), place),
    ),
    ...given.anchors.flatMap((anchor) => {
      const anchored = anchoredHead(anchor, head.channelId);
      return anchored === undefined ? [] : [anchorer(anchor.signedRoot, anchored, null)];
    }),
  ];
}

function checkWitness(witness: Witness, events: readonly RecordedEvent[]): EvidenceCheck {
  const { code, head, who, fault, doubt, binding, place } = witness;
  if (fault !== null) return failed(code, `${who} does not hold: ${fault}.`, place);
  const dispute = disputeOf(head, events);
  if (dispute !== null && binding) return failed(code, `${who} names ${dispute}`, place);
  if (dispute !== null) return notProved(code, `${who} names ${dispute} ${doubt ?? ""}`.trimEnd(), place);
  const statement = `${who} names event ${head.streamVersion} with the hash that it has here.`;
  return doubt === null ? proved(code, statement, place) : notProved(code, `${statement} ${doubt}`, place);
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

function tailCheck(head: ChannelHead, covered: readonly Witness[], ended: boolean): EvidenceCheck {
  const last = covered.find(({ head: witnessed }) => witnessed.streamVersion === head.streamVersion);
  if (last !== undefined) {
    const statement = `${last.who} vouches for event ${head.streamVersion} as the head: nothing before it is missing. What may have come later is not in this file.`;
    return proved("TAIL", statement);
  }
  if (ended)
    return proved(
      "TAIL",
      `The channel had ended by event ${head.streamVersion}: no wallet's message can follow it, only what miners say of its transactions.`,
    );
  const furthest = Math.max(0, ...covered.map(({ head: witnessed }) => witnessed.streamVersion));
  const known = furthest === 0 ? "" : ` Up to event ${furthest} nothing is missing.`;
  const statement = `A removed tail cannot be excluded: no other party vouches for event ${head.streamVersion} as the last one.${known}`;
  return notProved("TAIL", statement);
}
