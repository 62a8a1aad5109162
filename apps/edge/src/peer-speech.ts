import type { Channel } from "@p4/channel";
import {
  decodeFrame,
  encodeMessage,
  isKnownToTermsWallets,
  termsNamesShownBy,
  type Dialect,
  type Encoding,
  type Message,
  type TermsNames,
} from "@p4/protocol";

/** How to write to one peer, so far as it is known. */
export interface PeerSpeech {
  /** For both dialects until the peer's first frame shows its own, unless it was named on joining. */
  encoding: Encoding;
  /** What the peer calls the payment terms' messages. */
  names: TermsNames | "unknown";
  /** Joined with `internal=true`, as deployed merchants do. */
  readonly internal: boolean;
}

/** Learns from a peer's frame. The first one settles its dialect; each may show its names. */
export function learnSpeech(speech: PeerSpeech, dialect: Dialect, name: string): void {
  if (speech.encoding !== "p4" && speech.encoding !== "dpp") speech.encoding = dialect;
  speech.names = termsNamesShownBy(name) ?? speech.names;
}

/**
 * A merchant that comes back, with the names in which this channel was last offered its terms: they are its own, and it
 * may have to be told something before it speaks again.
 */
export function recallNames(speech: PeerSpeech, { snapshot }: Channel): PeerSpeech {
  const { terms } = snapshot.context;
  if (speech.names !== "unknown" || terms === null) return speech;
  const frame = decodeFrame(terms.data.message.raw, { maxBytes: Number.MAX_SAFE_INTEGER });
  return { ...speech, names: (frame.ok ? termsNamesShownBy(frame.name) : null) ?? speech.names };
}

/** Whether the peer is a wallet that ends its connection, for good, over any message that it does not know. */
export function endsOverUnknown({ encoding, names, internal }: PeerSpeech): boolean {
  return internal && encoding === "dpp" && names === "paymentterms";
}

/** The frame for this peer. Null: one that the peer must not get. */
export function writeFor(message: Message, speech: PeerSpeech): string | null {
  if (!endsOverUnknown(speech) || isKnownToTermsWallets(message.key)) {
    return encodeMessage(message, speech.encoding, speech.names);
  }
  // Its one word for a channel that is over.
  return message.key === "channel.closed"
    ? encodeMessage({ ...message, key: "channel.expired" }, speech.encoding, speech.names)
    : null;
}
