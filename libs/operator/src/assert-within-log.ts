import type { ChannelContext } from "@p4/channel";
import { expirySweepMs } from "@p4/config";
import { inspectStreams } from "@p4/nats";
import { OperatorError } from "./operator-error.ts";
import { durationText, timeText } from "./human.ts";
import type { Operator } from "./operator.ts";

/**
 * A channel must end before its first event leaves the log: without that event it cannot be folded. What the streams keep
 * decides, whatever this program is configured to, and the end may come with the next sweep.
 *
 * @throws OperatorError for a later deadline
 */
export async function assertWithinLog(
  { node, config }: Operator,
  { channelId, openedAtMs, ackGraceMs }: Pick<ChannelContext, "channelId" | "openedAtMs" | "ackGraceMs">,
  expiresAtMs: number,
): Promise<void> {
  const streams = await inspectStreams(node.broker, config.region);
  const ages = streams
    .filter(({ shards, maxAgeMs }) => shards !== null && maxAgeMs > 0)
    .map(({ maxAgeMs }) => maxAgeMs);
  const keptMs = Math.min(...ages);
  const latestMs = openedAtMs + keptMs - ackGraceMs - expirySweepMs;
  if (expiresAtMs <= latestMs) return;
  const kept = `the log keeps events for ${durationText(keptMs)} (P4_LOG_RETENTION)`;
  throw new OperatorError(
    "failed",
    `${kept}, and ${channelId} was opened ${timeText(openedAtMs)}: it cannot live until ${timeText(expiresAtMs)}`,
    `Its deadline can be ${timeText(latestMs)} at the latest: P4_ACK_GRACE and half a minute follow before its first event goes.`,
    "BAD_DEADLINE",
  );
}
