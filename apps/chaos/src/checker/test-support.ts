import { decide, foldSealed, newChannel, sealFor, type ChannelCommand } from "@p4/channel";
import { customer, expire, expiresAtMs, join, merchant, openedAtMs, wallet } from "@p4/channel/testing";
import { sha256Hex } from "@p4/node-crypto";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import type { History, LoggedEvent } from "./history.ts";

/** The log of a channel on which these commands were carried out. Versions are 10, 20, ...; one second lies between. */
export function logOf(...commands: readonly ChannelCommand[]): LoggedEvent[] {
  let channel = newChannel();
  return commands.map((command, index) => {
    const decision = decide(command, channel.snapshot, sha256Hex);
    if (decision.outcome !== "accepted") throw new Error(`${command.type}: ${JSON.stringify(decision)}`);
    const sealed = sealFor(channel, decision.event);
    const streamVersion = (index + 1) * 10;
    channel = foldSealed(channel, sealed, streamVersion, sha256Hex).channel;
    return { streamVersion, text: sealed.text, storedAtMs: openedAtMs + index * 1_000 };
  });
}

/** A payment that is asked for, made, accepted, and whose channel has expired. */
export const paidLog: readonly LoggedEvent[] = logOf(
  join(merchant),
  join(customer),
  wallet("RequestTerms", { messageId: "ask" }),
  wallet("OfferTerms", { messageId: "offer" }),
  wallet("SubmitPayment", { messageId: "pay" }),
  wallet("AcceptPayment", { messageId: "ack" }),
  expire(),
);

type Frame = readonly [key: string, messageId: string, sequence: number];

/** What a wallet records that joined at version 20 and was told these messages, each as it was stored. */
export function walletRecords(role: "merchant" | "customer", frames: readonly Frame[]): WalletRecord[] {
  const session = `s-${role}`;
  const connection = `c-${role}`;
  const atMs = openedAtMs;
  const frame = { kind: "frame", connection, correlationId: "" } as const;
  return [
    { kind: "session", session, channelId: "inv1", role, atMs },
    { kind: "connection", connection, session, url: "edge", atMs },
    { ...frame, key: "join.success", messageId: "j", sequence: 20, atMs },
    ...frames.flatMap(([key, messageId, sequence]): WalletRecord[] => {
      const storedAtMs = openedAtMs + (sequence / 10 - 1) * 1_000;
      if (key === "receipt") {
        return [{ ...frame, key, messageId: "r", correlationId: messageId, sequence, atMs: storedAtMs }];
      }
      return [
        { ...frame, key, messageId, sequence, atMs: storedAtMs },
        { kind: "delivered", session, key, messageId, sequence, atMs: storedAtMs },
      ];
    }),
    { kind: "lost", connection, code: 4000, atMs: expiresAtMs },
    { kind: "ended", session, reason: "expired", atMs: expiresAtMs },
  ];
}

export const merchantFrames: readonly Frame[] = [
  ["paymentrequest.create", "ask", 30],
  ["receipt", "offer", 40],
  ["payment", "pay", 50],
  ["receipt", "ack", 60],
];

export const customerFrames: readonly Frame[] = [
  ["receipt", "ask", 30],
  ["paymentrequest.response", "offer", 40],
  ["receipt", "pay", 50],
  ["payment.ack", "ack", 60],
];

/** A history in which all is well, but for the changes. */
export function historyOf(changes: Partial<{ log: readonly LoggedEvent[]; records: WalletRecord[] }> = {}): History {
  const healthy = [...walletRecords("merchant", merchantFrames), ...walletRecords("customer", customerFrames)];
  return {
    log: new Map([["inv1", changes.log ?? paidLog]]),
    records: changes.records ?? healthy,
    readAtMs: expiresAtMs + 60_000,
  };
}
