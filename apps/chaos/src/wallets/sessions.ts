import { customer, merchant, type CustomerSession, type MerchantSession, type WalletSession } from "@p4/client";
import type { Role } from "@p4/protocol";
import type { Recorder } from "./recorder.ts";
import { recordingSocket } from "./recording-socket.ts";

const messageEvents = [
  "termsRequested",
  "terms",
  "termsRefused",
  "payment",
  "ack",
  "paymentFailed",
  "proof",
  "doubleSpend",
] as const;

/** Wallets in a hurry: the default waits up to 15 s between two attempts. */
const backoff = { firstDelayMs: 100, maxDelayMs: 2_000 };
const receiptTimeoutMs = 4_000;

let sessions = 0;

export function openMerchant(channelId: string, urls: readonly string[], recorder: Recorder): MerchantSession {
  return noted("merchant", channelId, recorder, (webSocket) =>
    merchant(urls, { webSocket, backoff, receiptTimeoutMs }),
  );
}

export function openCustomer(channelId: string, urls: readonly string[], recorder: Recorder): CustomerSession {
  return noted("customer", channelId, recorder, (webSocket) =>
    customer(urls, { webSocket, backoff, receiptTimeoutMs }),
  );
}

function noted<Session extends WalletSession>(
  role: Role,
  channelId: string,
  recorder: Recorder,
  open: (webSocket: ReturnType<typeof recordingSocket>) => Session,
): Session {
  const name = `${channelId}:${role}:${String(++sessions)}`;
  recorder.add({ kind: "session", session: name, channelId, role });
  const session = open(recordingSocket(name, recorder));
  for (const type of messageEvents) {
    session.on(type, ({ received }) => {
      const { key, message, sequence } = received;
      recorder.add({ kind: "delivered", session: name, key, messageId: message.messageId, sequence: sequence ?? -1 });
    });
  }
  session.on("refused", ({ error: { code, retryable } }) =>
    recorder.add({ kind: "refused", session: name, code, retryable }),
  );
  session.on("ended", ({ reason }) => recorder.add({ kind: "ended", session: name, reason }));
  return session;
}
