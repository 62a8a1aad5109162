import type { AnchorProof } from "./anchor/anchor.ts";
import type {
  EvidenceBlock,
  EvidenceEvent,
  EvidenceHeader,
  EvidenceManifest,
  KeySignature,
} from "./evidence-contents.ts";

export const evidenceFormatVersion = 1;

/** A part with its place. `part` is its name for people: `event 40`. */
export interface Part<Value> {
  readonly line: number;
  readonly part: string;
  readonly value: Value;
}

/** An evidence file whose every byte is accounted for. What it says is not verified by that. */
export interface EvidenceFile {
  readonly header: Part<EvidenceHeader>;
  readonly events: readonly Part<EvidenceEvent>[];
  readonly blocks: readonly Part<EvidenceBlock>[];
  readonly manifest: Part<EvidenceManifest>;
  /** The hash in the manifest's line: what the operator signed. */
  readonly manifestSha256: string;
  readonly signature: Part<KeySignature>;
  readonly countersignatures: readonly Part<KeySignature>[];
  readonly anchors: readonly Part<AnchorProof>[];
}
