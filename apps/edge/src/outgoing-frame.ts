import type { OutgoingMessage, RecordedMessage, RelayedMessage, ServerMessage } from "@p4/channel";
import { decodeFrame, serverMessage, type Message, type MessageHeaders } from "@p4/protocol";
import { writeFor, type PeerSpeech } from "./peer-speech.ts";

/** Encodes one outgoing message, once for each way in which its recipients want to be written to. */
export class OutgoingFrame {
  readonly #message: Message;
  readonly #encoded = new Map<string, string | null>();

  /** `decoded`: the relayed frame, where this node has decoded it already. */
  constructor(outgoing: OutgoingMessage, channelId: string, decoded?: Message) {
    this.#message =
      outgoing.kind === "relayed" ? relayed(outgoing, channelId, decoded) : fromServer(outgoing, channelId);
  }

  /** Null: this peer must not get it. */
  encode(speech: PeerSpeech): string | null {
    const { encoding, names, internal } = speech;
    const kind = `${encoding} ${names} ${String(internal)}`;
    let text = this.#encoded.get(kind);
    if (text === undefined) this.#encoded.set(kind, (text = writeFor(this.#message, speech)));
    return text;
  }
}

function relayed(outgoing: RelayedMessage, channelId: string, decoded?: Message): Message {
  const { message: recorded, from } = outgoing.event.data;
  const message = decoded ?? decodeRecorded(recorded, outgoing.streamVersion);
  return {
    ...message,
    // The document's wrapper has an id of its own; the other dialect does without.
    id: message.id || recorded.messageId,
    channelId,
    messageId: recorded.messageId,
    // Deployed wallets insist on one; a sender may leave it out.
    timestamp: message.timestamp ?? new Date(outgoing.event.metadata.recordedAtMs).toISOString(),
    clientId: from.connectionId,
    headers: withSequence(message.headers, outgoing.streamVersion),
  };
}

function decodeRecorded(recorded: RecordedMessage, streamVersion: number): Message {
  const result = decodeFrame(recorded.raw, { maxBytes: Number.MAX_SAFE_INTEGER });
  if (!result.ok) throw new Error(`the frame stored at ${String(streamVersion)} cannot be read: ${result.error.code}`);
  return result.message;
}

function fromServer(outgoing: ServerMessage, channelId: string): Message {
  const { key, messageId, correlationId, bodyText, timestampMs } = outgoing;
  const headers: MessageHeaders = outgoing.headers.map(([name, value]) => [name, [value]]);
  return serverMessage({
    key,
    channelId,
    messageId,
    correlationId,
    bodyText,
    timestampMs,
    appId: "dpp",
    headers: withSequence(headers, outgoing.streamVersion),
  });
}

/** Tells the peer where it is in the log, so that it can ask for what follows. A peer's own claim is replaced. */
function withSequence(headers: MessageHeaders, streamVersion: number): MessageHeaders {
  const others = headers.filter(([name]) => name.toLowerCase() !== sequenceHeader);
  return [...others, [sequenceHeader, [String(streamVersion)]]];
}

export const sequenceHeader = "x-p4-sequence";
