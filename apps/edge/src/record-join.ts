import type { FollowedChannel } from "@p4/channel-host";
import type { JoinChannel, Participant } from "@p4/channel";
import type { Role } from "@p4/protocol";
import type { TraceContext } from "@p4/telemetry";
import type { EdgeContext } from "./edge-context.ts";
import { submitTraced } from "./submit-traced.ts";

/** What a connection claims to be. */
export interface JoinClaim {
  readonly role: Role | null;
  readonly mayOpen: boolean;
  readonly trace: TraceContext | null;
}

/** With the role that the channel granted: none, when another live connection is the merchant. Null: may not open it. */
export async function recordJoin(
  who: Pick<Participant, "connectionId" | "subject">,
  followed: FollowedChannel,
  { role, mayOpen, trace }: JoinClaim,
  context: EdgeContext,
): Promise<Pick<Participant, "role"> | null> {
  const nowMs = context.nowMs();
  const participant: Participant = { ...who, nodeId: context.nodeId, role, explicit: role !== null };
  const command: JoinChannel = {
    type: "JoinChannel",
    channelId: followed.channelId,
    participant,
    expiresAtMs: nowMs + context.channelTtlMs,
    ackGraceMs: context.ackGraceMs,
    maxLogBytes: context.limits.maxChannelBytes,
    mayOpen,
    merchantIsAlive: true,
    metadata: { commandId: context.newId(), nowMs, correlationId: "", causationId: who.connectionId },
  };
  const logAnswered = context.admission.waitForLog(performance.now());
  const result = await submitTraced("join", command, followed, trace, context).finally(logAnswered);
  if (result.outcome === "refused") return null;
  if (result.outcome === "unchanged") return result.participant ?? participant;
  const joined = result.outcome === "stored" && result.event.type === "ParticipantJoined";
  return joined ? result.event.data.participant : participant;
}
