/** What the broker's settings promised when events were acknowledged. */
export const durabilityClasses = ["fsync", "replicated", "replicated+fsync", "lazy", "unknown"] as const;
export type DurabilityClass = (typeof durabilityClasses)[number];

/** The facts about the export, as the operator states them. */
export interface EvidenceHeader {
  readonly channelId: string;
  readonly region: string;
  readonly shard: number;
  readonly durability: DurabilityClass;
  /** `machineVersion` of libs/channel. */
  readonly machineVersion: string;
  readonly softwareVersion: string;
  readonly exportedAtMs: number;
  /** Compressed SEC1, lower-case hex. */
  readonly operatorKey: string;
}

/** One event as the log holds it. */
export interface EvidenceEvent {
  readonly streamVersion: number;
  /** The broker's own time stamp. */
  readonly storedAtMs: number;
  /** Exactly the stored bytes: the hash chain is over them. */
  readonly text: string;
}

/** A block header that proofs of the channel refer to. */
export interface EvidenceBlock {
  /** 80 bytes, lower-case hex. */
  readonly header: string;
  /** As the source said: a header does not contain it. */
  readonly height: number | null;
  /** Where it was learned: a name or an address. */
  readonly source: string;
}

/** The end of a channel's hash chain. */
export interface ChannelHead {
  readonly channelId: string;
  readonly streamVersion: number;
  /** SHA-256 of the last event's stored bytes. */
  readonly headHash: string;
}

/** Every part before it, in order, and what they lead to. Its hash is what the operator signs. */
export interface EvidenceManifest {
  readonly head: ChannelHead;
  readonly eventCount: number;
  /** As it was called when the file was made. */
  readonly state: string;
  readonly parts: readonly (readonly [part: string, sha256: string])[];
}

export interface KeySignature {
  /** Compressed SEC1, lower-case hex. */
  readonly publicKey: string;
  /** Strict DER, lower-case hex. */
  readonly signature: string;
}
