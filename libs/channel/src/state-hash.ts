import type { Channel } from "./channel-fold.ts";
import { stateName } from "./channel.machine.ts";
import type { Sha256Hex } from "./event-codec.ts";
import { hashedStateName } from "./recorded-state.ts";

/**
 * A fingerprint of where a log has led: the state and every decision that future messages depend on. Two builds that
 * fold a log to different hashes would treat the channel differently. It does not hang on how the context is laid out.
 */
export function stateHash({ snapshot }: Channel, sha256Hex: Sha256Hex): string {
  const { context } = snapshot;
  const version = (event: { readonly streamVersion: number } | null): number => event?.streamVersion ?? 0;
  const essence = [
    hashedStateName(stateName(snapshot)),
    context.channelId,
    context.expiresAtMs,
    context.graceUntilMs ?? 0,
    context.eventCount,
    context.joinCount,
    context.merchant?.connectionId ?? "",
    version(context.request),
    version(context.terms),
    context.attempts.map(({ payment, verdict }) => [version(payment), verdict?.type ?? "", version(verdict)]),
    context.proofs.map(version),
    context.doubleSpends.map(version),
    context.rejections.map(version),
    context.revocations.map(version),
    context.messages.map(version),
  ];
  return sha256Hex(JSON.stringify(essence)).slice(0, 32);
}
