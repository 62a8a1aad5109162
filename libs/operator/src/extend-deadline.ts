import { isEnded } from "@p4/channel";
import { assertWithinLog } from "./assert-within-log.ts";
import { timeText } from "./human.ts";
import { OperatorError } from "./operator-error.ts";
import type { Operator } from "./operator.ts";
import { readChannel } from "./submit-command.ts";

/** More time to add to what is there, in ms, or the moment in ms since 1970. */
export type Later = { readonly byMs: number } | { readonly toMs: number };

/**
 * The deadline that a channel has, and the one that it would get.
 *
 * @throws OperatorError CHANNEL_UNKNOWN; BAD_DEADLINE where it is no later, or later than the log keeps the channel
 */
export async function laterDeadline(operator: Operator, channelId: string, later: Later) {
  const { snapshot } = await readChannel(operator, channelId);
  const fromMs = snapshot.context.expiresAtMs;
  const toMs = "byMs" in later ? fromMs + later.byMs : later.toMs;
  if (toMs <= fromMs && !isEnded(snapshot)) {
    const nextStep = `Name a later time, or a duration: p4 deadline extend ${channelId} 2h`;
    throw new OperatorError(
      "failed",
      `${timeText(toMs)} is no later than the deadline of ${channelId}, ${timeText(fromMs)}`,
      nextStep,
      "BAD_DEADLINE",
    );
  }
  await assertWithinLog(operator, snapshot.context, toMs);
  return { snapshot, fromMs, toMs };
}
