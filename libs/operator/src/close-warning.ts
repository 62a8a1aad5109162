import { acceptedPayment, isEnded, isProven, type ChannelSnapshot } from "@p4/channel";

/** What speaks against closing a channel: there is money in it. Null: nothing. */
export function closeWarning(snapshot: ChannelSnapshot): string | null {
  if (isEnded(snapshot)) return null;
  const { context } = snapshot;
  if (acceptedPayment(context) !== undefined) {
    return isProven(context)
      ? "it is paid and proved; a party that has not been told yet may not hear it on this channel any more"
      : "it is paid, and the proof has not come; what a miner says later is still stored, but no wallet hears it live";
  }
  if (context.attempts.at(-1)?.verdict !== null || context.attempts.length === 0) return null;
  return "a payment waits for the merchant's answer: its coins may be spent, and the customer would get none";
}
