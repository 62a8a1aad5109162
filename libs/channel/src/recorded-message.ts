import type { Dialect } from "@p4/protocol";

/** A wallet's message as it was received. `raw` is the frame's exact text: evidence needs every byte. */
export interface RecordedMessage {
  readonly key: string;
  readonly dialect: Dialect;
  readonly raw: string;
  /** The sender's own id, or the one that the server gave when the sender left it out. */
  readonly messageId: string;
  readonly correlationId: string;
}
