import type { Channel, Participant } from "@p4/channel";
import type { FoldListener, FollowedChannel } from "@p4/channel-host";
import type { HttpRequest } from "@p4/http";
import type { Role } from "@p4/protocol";
import type { TraceContext } from "@p4/telemetry";
import { ChannelHistory } from "./channel-history.ts";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import type { JoinVerdict } from "./join-policy.ts";
import type { JoinRequest } from "./join-request.ts";
import { findLostMerchant } from "./merchant-presence.ts";
import { recallNames } from "./peer-speech.ts";
import { recordJoin } from "./record-join.ts";
import { traceOf } from "./submit-traced.ts";
import { subjectOf } from "./wallet-subject.ts";

export type Admitted = Extract<JoinVerdict, { admitted: true }>;

/**
 * From an admitted join to a connection that follows its channel. Null: the channel is unknown, and this wallet may not open
 * it. Overloaded: no channel may be opened or loaded now.
 *
 * @throws StoreError, LogError
 */
export async function enterChannel(
  join: JoinRequest,
  verdict: Admitted,
  request: HttpRequest,
  context: EdgeContext,
): Promise<Connection | "overloaded" | null> {
  const connectionId = context.newId();
  const ended = [context.joins.begin(join.channelId), context.connections.joins(connectionId)];
  try {
    return await enter(join, connectionId, verdict, request, context);
  } finally {
    for (const end of ended) end();
  }
}

async function enter(
  join: JoinRequest,
  connectionId: string,
  verdict: Admitted,
  request: HttpRequest,
  context: EdgeContext,
): Promise<Connection | "overloaded" | null> {
  const { registry, admission, delivery } = context;
  // A peer that has gone while it waited costs the log nothing.
  const isGone = (): boolean => request.signal.aborted || context.draining.aborted;
  const subject = join.wallet === null ? {} : { subject: subjectOf(join.wallet) };
  const who = { connectionId, ...subject };
  const listening: { connection: Connection | null } = { connection: null };
  const listener = delivery.listenerFor(listening);
  const trace = traceOf(request, context);
  const open = () => openOrLoad({ join, who, verdict, listener, isGone, trace }, context);
  const admitted = registry.isLive(join.channelId) ? { result: await open() } : await admission.run(open);
  if (admitted === null || admitted.result === "overloaded") return "overloaded";
  if (admitted.result === null) return null;
  const { followed, joined } = admitted.result;
  let connection: Connection | null = null;
  let history: ChannelHistory | null = null;
  try {
    const lostMerchant = await findLostMerchant(followed.channel, context);
    history = join.since === null ? null : new ChannelHistory(followed, join.since, context);
    // Events that are stored while the history is read belong to it; the last look and the attaching are one step.
    while (history?.isBehind === true) {
      await history.readOn();
      if (isGone() || !hasRoomFor(history, context)) return "overloaded";
    }
    connection = {
      ...newConnection(connectionId, followed, verdict, joined.role, context),
      ...subject,
      speech: recallNames(join.speech, followed.channel),
      wantsReceipts: join.wantsReceipts,
      trace,
      lostMerchant,
      history,
    };
    listening.connection = connection;
    context.merchantQueue.add(connection, verdict.role);
    return attach(connection, request, context);
  } finally {
    if (connection === null) {
      history?.letGo();
      followed.release();
    }
  }
}

interface Entered {
  readonly followed: FollowedChannel;
  readonly joined: Pick<Participant, "role">;
}

interface Entering {
  readonly join: JoinRequest;
  readonly who: Parameters<typeof recordJoin>[0];
  readonly verdict: Admitted;
  readonly listener: FoldListener;
  readonly isGone: () => boolean;
  readonly trace: TraceContext | null;
}

/** The channel with this join in its log. Null and overloaded as `enterChannel` says; then it is followed no more. */
async function openOrLoad(
  { join, who, verdict, listener, isGone, trace }: Entering,
  context: EdgeContext,
): Promise<Entered | "overloaded" | null> {
  const { registry, admission, newcomers } = context;
  if (isGone()) return "overloaded";
  const expectNew = expectsNew(join, verdict, context);
  const followed = await registry.follow(join.channelId, listener, { expectNew });
  let joined: Entered["joined"] | null = null;
  try {
    if (isGone() || isOverShare(followed, context)) return "overloaded";
    const opens = isUnopened(followed.channel) && verdict.mayOpen;
    if (opens && admission.overload !== null) return "overloaded";
    joined = await recordJoin(who, followed, { ...verdict, trace }, context);
    if (joined === null) return null;
    if (expectNew && followed.channel.snapshot.context.eventCount > 1) newcomers.wasKnown();
    return { followed, joined };
  } finally {
    if (joined === null) followed.release();
  }
}

const isUnopened = ({ streamVersion }: Channel): boolean => streamVersion === 0;

/**
 * A merchant comes first to his channel: it is opened without having been looked up, which costs a round trip less, and
 * one more when it is known. An overloaded node has to know beforehand.
 */
export function expectsNew(
  { channelId, since }: JoinRequest,
  { role, mayOpen }: Admitted,
  { registry, admission, newcomers }: EdgeContext,
): boolean {
  const comesFirst = mayOpen && role === "merchant" && since === null && !registry.isLive(channelId);
  return comesFirst && admission.overload === null && newcomers.areNew;
}

/** It takes more than its share of a memory that is full. */
function isOverShare({ heldBytes }: FollowedChannel, { memory }: EdgeContext): boolean {
  return memory.isFull && heldBytes > memory.shareBytes;
}

/** Of a memory that is full, a wallet's history takes no more than a channel's share. */
function hasRoomFor({ keptBytes }: ChannelHistory, { memory }: EdgeContext): boolean {
  return !memory.isFull || keptBytes <= memory.shareBytes;
}

const noneRepeated: ReadonlySet<number> = new Set();

/** Before its socket is open, and without what the peer said of itself. */
function newConnection(
  id: string,
  followed: FollowedChannel,
  verdict: Admitted,
  grantedRole: Role | null,
  { grants }: EdgeContext,
) {
  return {
    id,
    followed,
    // A token binds: its holder is nothing else, with or without the seat.
    role: verdict.grant === null ? grantedRole : verdict.role,
    grantedRole,
    explicit: verdict.grant !== null || grantedRole !== null,
    grant: verdict.grant,
    grants,
    repeated: noneRepeated,
    socket: null,
    missed: [],
    greeting: null,
    inFlight: 0,
    inFlightBytes: 0,
    added: null,
    refusals: null,
  };
}

/** From here on the connection hears the channel. If the peer has gone before its socket opens, no other call tells. */
function attach(connection: Connection, request: HttpRequest, context: EdgeContext): Connection {
  context.connections.add(connection);
  const leave = (): void => {
    if (connection.socket !== null) return;
    connection.history?.letGo();
    context.merchantQueue.remove(connection);
    context.connections.remove(connection);
  };
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  return connection;
}
