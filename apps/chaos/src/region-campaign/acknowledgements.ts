import { sessionsOf } from "../checker/sessions.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";

/** A receipt as a wallet got it. */
export interface Acknowledgement {
  readonly channelId: string;
  /** Of the message that is acknowledged. */
  readonly messageId: string;
  readonly sequence: number;
  readonly atMs: number;
  /** `host:port` */
  readonly edge: string;
}

export function acknowledgements(records: readonly WalletRecord[]): Acknowledgement[] {
  return sessionsOf(records).flatMap(({ channelId, connections }) =>
    connections.flatMap(({ host: edge, frames }) =>
      frames.flatMap(({ key, correlationId: messageId, sequence, atMs }) =>
        key === "receipt" && sequence !== null ? [{ channelId, messageId, sequence, atMs, edge }] : [],
      ),
    ),
  );
}
