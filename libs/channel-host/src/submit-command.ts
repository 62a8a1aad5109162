import {
  contestedMerchant,
  decide,
  endsAtMs,
  isEnded,
  isOverdue,
  relayed,
  sealFor,
  stateName,
  walletCommands,
  type Channel,
  type ChannelCommand,
  type JoinChannel,
  type NewChannelEvent,
  type OutgoingMessage,
  type Participant,
  type Reply,
  type SequencedEvent,
  type WalletCommand,
} from "@p4/channel";
import { isStoreError, StoreError } from "@p4/event-store";
import type { ChannelReplica, OwnEvent } from "./channel-replica.ts";
import type { DeadlineTimers } from "./deadline-timers.ts";
import { expireCommand } from "./expire.ts";
import { recall } from "./recall.ts";
import type { ActorRuntime } from "./runtime.ts";
import type { SubmitResult } from "./submit-result.ts";

export interface SubmitRuntime extends ActorRuntime {
  readonly timers: DeadlineTimers;
}

/** Replicas that keep losing the race give up after this many rounds; the sender may retry. */
const maxRounds = 16;

/**
 * Decide, append with the expected version, fold; on a conflict take in what the others stored and decide again.
 *
 * @throws StoreError when the log cannot be reached (the command may be sent again: its id makes it the same event);
 *   LogError when the log does not fold.
 */
export async function submitCommand(
  command: ChannelCommand,
  replica: ChannelReplica,
  runtime: SubmitRuntime,
): Promise<SubmitResult> {
  let lastConflict: unknown;
  for (let round = 0; round < maxRounds; round++) {
    const base = replica.channel;
    // The answer is about the merchant of `base`. Should another one come meanwhile, the append's expected version tells.
    const holder = contestedHolder(command, base);
    const current = holder === null ? command : await withMerchantLiveness(command, holder, runtime);
    const decision = (runtime.decide ?? decide)(current, base.snapshot, runtime.sha256Hex);
    try {
      switch (decision.outcome) {
        case "accepted": {
          const event = await append(decision.event, base, replica, runtime);
          const { channel } = replica;
          if (isOverdue(channel.snapshot, command.metadata.nowMs)) await expireIfOver(command, replica, runtime);
          return { outcome: "stored", event, channel };
        }
        case "overdue":
          await expireFirst(command, base, replica, runtime);
          continue;
        case "duplicate":
          return { ...decision, replies: await withTexts(decision.replies, replica), channel: base };
        default:
          return { ...decision, channel: base };
      }
    } catch (error) {
      if (isStoreError(error, "STORE_APPEND_IN_FLIGHT")) await runtime.delay(2 + round);
      else if (!isStoreError(error, "STORE_VERSION_CONFLICT")) throw error;
      lastConflict = error;
      await replica.catchUp();
      if (decision.outcome === "accepted" && decision.event.type === "ChannelOpened") {
        restoreTimer(replica, runtime.timers);
      }
      if (replica.channel === base) await runtime.delay(2 << Math.min(round, 6));
    }
  }
  throw lastConflict;
}

function withTexts(replies: readonly Reply[], replica: ChannelReplica): Promise<readonly OutgoingMessage[]> {
  return Promise.all(
    replies.map(async (reply) => (reply.kind === "forgotten" ? relayed(await recall(reply.event, replica)) : reply)),
  );
}

/** The channel was there: the timer that went ahead of its opening is not its own. */
function restoreTimer({ channelId, channel: { snapshot } }: ChannelReplica, timers: DeadlineTimers): void {
  if (stateName(snapshot) === "unopened") return;
  if (isEnded(snapshot)) timers.clear(channelId);
  else timers.set(channelId, endsAtMs(snapshot));
}

/** Stores an event on top of `base`, folds it and sets the channel's timer by it. */
async function append(
  event: NewChannelEvent,
  base: Channel,
  replica: ChannelReplica,
  runtime: SubmitRuntime,
): Promise<SequencedEvent> {
  assertMayExpire(event, runtime);
  // Sent before the append: a node that dies in between leaves a harmless hint, not a channel without a timer.
  if (event.type === "ChannelOpened") runtime.timers.set(replica.channelId, event.data.expiresAtMs);
  const sealed = sealFor(base, event, runtime.copyClass?.() ?? null);
  const own: OwnEvent = { base, sealed, bytes: encoder.encode(sealed.text) };
  replica.appending(own);
  try {
    const { nextExpectedStreamVersion, duplicate } = await runtime.log.appendToStream({
      channelId: replica.channelId,
      eventId: event.metadata.eventId,
      bytes: own.bytes,
      expectedStreamVersion: base.streamVersion,
    });
    const stored = duplicate
      ? await replica.applyDuplicate(nextExpectedStreamVersion)
      : replica.applyAppended(own, nextExpectedStreamVersion);
    setTimer(stored, replica.channelId, runtime.timers);
    tellStored(stored, replica, runtime);
    return stored;
  } finally {
    replica.appending(null);
  }
}

function setTimer(event: SequencedEvent, channelId: string, timers: DeadlineTimers): void {
  if (event.type === "DeadlineExtended") timers.set(channelId, event.data.expiresAtMs);
  else if (event.type === "AckGraceStarted") timers.set(channelId, event.data.graceUntilMs);
  else if (event.type === "ChannelClosed") timers.clear(channelId);
}

/** The event is stored, even when a listener throws. */
function tellStored(event: SequencedEvent, { channelId, channel }: ChannelReplica, runtime: ActorRuntime): void {
  try {
    runtime.onStored?.(event, channel, channelId);
  } catch (error) {
    runtime.onFault(channelId, error);
  }
}

/** A channel expires once and for good: a node whose clock is wrong leaves that to others. */
function assertMayExpire({ type }: NewChannelEvent, { clockTrouble }: ActorRuntime): void {
  if (type !== "ChannelExpired" && type !== "AckGraceStarted") return;
  const trouble = clockTrouble?.() ?? null;
  if (trouble !== null) throw new StoreError("STORE_CLOCK_OFF", trouble);
}

/** An answer within the grace was all that the channel still waited for. Should this fail, a timer or a sweep ends it. */
async function expireIfOver(command: ChannelCommand, replica: ChannelReplica, runtime: SubmitRuntime): Promise<void> {
  try {
    await expireFirst(command, replica.channel, replica, runtime);
  } catch (error) {
    runtime.onFault(replica.channelId, error);
  }
}

async function expireFirst(
  command: ChannelCommand,
  base: Channel,
  replica: ChannelReplica,
  runtime: SubmitRuntime,
): Promise<void> {
  const { nowMs, correlationId } = command.metadata;
  const decision = decide(expireCommand(nowMs, "overdue", correlationId), base.snapshot, runtime.sha256Hex);
  if (decision.outcome === "accepted") await append(decision.event, base, replica, runtime);
}

/** Another connection that is the merchant as far as the log tells: whether it lives, its node has to be asked. */
function contestedHolder(command: ChannelCommand, { snapshot }: Channel): Participant | null {
  const claim = merchantClaim(command);
  return claim === null ? null : contestedMerchant(claim.participant, claim.role, snapshot);
}

async function withMerchantLiveness(
  command: ChannelCommand,
  holder: Participant,
  runtime: ActorRuntime,
): Promise<ChannelCommand> {
  const merchantIsAlive = await runtime.isConnectionAlive(holder.nodeId, holder.connectionId);
  return { ...(command as JoinChannel | WalletCommand), merchantIsAlive };
}

function merchantClaim(command: ChannelCommand) {
  if (command.type === "JoinChannel") return { participant: command.participant, role: command.participant.role };
  if (!("from" in command)) return null;
  const role = command.type === "EndChannel" ? "merchant" : walletCommands[command.type].role;
  return { participant: command.from, role } as const;
}

const encoder = new TextEncoder();
