import type { Participant } from "@p4/channel";
import { isStoreError, storeErrors } from "@p4/event-store";
import type { HttpRequest, UpgradeDecision, UpgradeRefusal } from "@p4/http";
import type { Role } from "@p4/protocol";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { ChannelHistory } from "./channel-history.ts";
import { joinErrors } from "./errors.ts";
import { judgeJoin, type JoinVerdict } from "./join-policy.ts";
import { joinRefusal, storeRefusal } from "./join-refusal.ts";
import { findLostMerchant } from "./merchant-presence.ts";
import { recallNames } from "./peer-speech.ts";
import { recordJoin } from "./record-join.ts";
import { readJoinRequest, type JoinRequest } from "./join-request.ts";
import { isBrokerTrouble } from "@p4/nats";
import type { ServedChannel } from "./served-channel.ts";
import { subjectOf } from "./wallet-subject.ts";

type Admitted = Extract<JoinVerdict, { admitted: true }>;

/** `GET /ws/:channelID`: everything that can be refused is refused before the wallet is a connection of the channel. */
export async function joinChannel(request: HttpRequest, context: EdgeContext): Promise<UpgradeDecision<Connection>> {
  const read = readJoinRequest(request.params["channelID"] ?? "", request);
  const refuse = (reason: string, refusal: UpgradeRefusal): UpgradeDecision<Connection> => {
    context.metrics.joinRefused(reason);
    const channelId = read.ok ? read.join.channelId : null;
    context.note({ channelId, nodeId: context.nodeId, code: refusal.code }, "join refused");
    return { accept: false, refusal };
  };
  if (!read.ok) return refuse("BAD_REQUEST", joinRefusal("EDGE_BAD_JOIN", `${read.field}: ${read.rule}`));
  const { join } = read;
  const elsewhere = await context.home.turnAway(request);
  if (elsewhere !== null) return refuse("HOME", elsewhere);
  const unready = context.unready();
  if (unready !== null) return refuse("UNREADY", joinRefusal("EDGE_UNREADY", unready));
  if (context.channels.usersOf(join.channelId) >= context.limits.maxSocketsPerChannel) {
    return refuse("CHANNEL_CROWDED", joinRefusal("EDGE_CHANNEL_CROWDED"));
  }
  const verdict = judgeJoin(join, context);
  if (!verdict.admitted) return refuse("TOKEN", joinRefusal("EDGE_TOKEN"));
  try {
    const connection = await enter(join, verdict, request, context);
    if (connection === "overloaded") {
      const text = `no new channels at the moment: ${context.admission.overload ?? "many are being opened"}`;
      return refuse("OVERLOADED", joinRefusal("EDGE_OVERLOADED", text));
    }
    if (connection === null) {
      const detail = `${join.channelId}: ${joinErrors.CHANNEL_UNKNOWN.rule}`;
      return refuse("UNKNOWN", joinRefusal("CHANNEL_UNKNOWN", detail));
    }
    return { accept: true, data: connection, ...(join.subprotocol === null ? {} : { protocol: join.subprotocol }) };
  } catch (error) {
    const [reason, refusal] = await refusalOf(error, join.channelId, request, context);
    return refuse(reason, refusal);
  }
}

/** Why a join has failed, for the metrics and for the wallet. */
async function refusalOf(
  error: unknown,
  channelId: string,
  request: HttpRequest,
  context: EdgeContext,
): Promise<[reason: string, refusal: UpgradeRefusal]> {
  if (isStoreError(error, "STORE_HOME_MOVED")) return ["HOME", await context.home.afterMove(request)];
  if (isBrokerTrouble(error)) return ["STORE", storeRefusal(error.code, storeErrors[error.code].meaning)];
  if (isStoreError(error) && error.retryable) {
    return ["STORE", storeRefusal(error.code, "the log cannot be reached")];
  }
  context.onError(error, `join ${channelId}`);
  return ["ERROR", joinRefusal("EDGE_ERROR")];
}

const tooManyWait = joinRefusal("EDGE_OVERLOADED");

/** A burst of joins is over before it costs anything, while those who join a channel that is open here go on. */
export function rejectNewChannel(
  channelId: string,
  { channels, admission, metrics }: EdgeContext,
): UpgradeRefusal | null {
  if (channels.usersOf(channelId) > 0 || !admission.shouldReject()) return null;
  metrics.joinRefused("OVERLOADED");
  return tooManyWait;
}

/** Null: the channel is unknown, and this wallet may not open it. Overloaded: no channel may be opened or loaded now. */
async function enter(
  join: JoinRequest,
  verdict: Admitted,
  request: HttpRequest,
  context: EdgeContext,
): Promise<Connection | "overloaded" | null> {
  // A peer that has gone while it waited costs the log nothing.
  const isGone = (): boolean => request.signal.aborted || context.draining.aborted;
  const subject = join.wallet === null ? {} : { subject: subjectOf(join.wallet) };
  const who = { connectionId: context.newId(), ...subject };
  const record = () => openOrLoad(join, who, verdict, isGone, context);
  const isServed = context.channels.usersOf(join.channelId) > 0;
  const admitted = isServed ? { result: await record() } : await context.admission.run(record);
  if (admitted === null || admitted.result === "overloaded") return "overloaded";
  if (admitted.result === null) return null;
  const { channel, joined } = admitted.result;
  let connection: Connection | null = null;
  let history: ChannelHistory | null = null;
  try {
    const lostMerchant = await findLostMerchant(channel, context);
    history = join.since === null ? null : new ChannelHistory(channel, join.since, context);
    // Events that are stored while the history is read belong to it; the last look and the attaching are one step.
    while (history?.isBehind === true) {
      await history.readOn();
      if (isGone() || !hasRoomFor(history, context)) return "overloaded";
    }
    const speech = recallNames(join.speech, channel.followed.channel);
    connection = {
      ...newConnection(who.connectionId, channel, verdict, joined.role, context),
      ...subject,
      speech,
      wantsReceipts: join.wantsReceipts,
      lostMerchant,
      history,
    };
    context.merchantQueue.add(connection, verdict.role);
    return attach(connection, request, context);
  } finally {
    if (connection === null) {
      history?.letGo();
      context.channels.leave(channel);
    }
  }
}

interface Entered {
  readonly channel: ServedChannel;
  readonly joined: Pick<Participant, "role">;
}

/** The channel with this join in its log. Null and overloaded as `enter` says; then the channel is left again. */
async function openOrLoad(
  join: JoinRequest,
  who: Parameters<typeof recordJoin>[0],
  verdict: Admitted,
  isGone: () => boolean,
  context: EdgeContext,
): Promise<Entered | "overloaded" | null> {
  const { channels, limits, admission, newcomers } = context;
  // Others for the same channel may have waited as well.
  if (isGone() || channels.usersOf(join.channelId) >= limits.maxSocketsPerChannel) return "overloaded";
  const expectNew = expectsNew(join, verdict, context);
  const channel = await channels.enter(join.channelId, expectNew);
  let joined: Entered["joined"] | null = null;
  try {
    if (isGone() || isOverShare(channel, context)) return "overloaded";
    const opens = channel.followed.channel.streamVersion === 0 && verdict.mayOpen;
    if (opens && admission.overload !== null) return "overloaded";
    joined = await recordJoin(who, channel, verdict, context);
    if (joined === null) return null;
    if (expectNew && channel.followed.channel.snapshot.context.eventCount > 1) newcomers.wasKnown();
    return { channel, joined };
  } finally {
    if (joined === null) channels.leave(channel);
  }
}

/**
 * A merchant comes first to his channel: it is opened without having been looked up, which costs a round trip less, and
 * one more when it is known. An overloaded node has to know beforehand.
 */
function expectsNew(
  { channelId, since }: JoinRequest,
  { role, mayOpen }: Admitted,
  { channels, admission, newcomers }: EdgeContext,
): boolean {
  const comesFirst = mayOpen && role === "merchant" && since === null && channels.usersOf(channelId) === 0;
  return comesFirst && admission.overload === null && newcomers.areNew;
}

/** It takes more than its share of a memory that is full. */
function isOverShare({ followed }: ServedChannel, { memory }: EdgeContext): boolean {
  return memory.isFull && followed.heldBytes > memory.shareBytes;
}

/** Of a memory that is full, a wallet's history takes no more than a channel's share. */
function hasRoomFor({ keptBytes }: ChannelHistory, { memory }: EdgeContext): boolean {
  return !memory.isFull || keptBytes <= memory.shareBytes;
}

const noneRepeated: ReadonlySet<number> = new Set();

/** Before its socket is open, and without what the peer said of itself. */
function newConnection(
  id: string,
  channel: ServedChannel,
  verdict: Admitted,
  grantedRole: Role | null,
  { bytes, grants }: EdgeContext,
) {
  return {
    id,
    channel,
    // A token binds: its holder is nothing else, with or without the seat.
    role: verdict.grant === null ? grantedRole : verdict.role,
    grantedRole,
    explicit: verdict.grant !== null || grantedRole !== null,
    grant: verdict.grant,
    grants,
    repeated: noneRepeated,
    socket: null,
    missed: [],
    inFlight: 0,
    inFlightBytes: 0,
    added: bytes.forConnection(performance.now()),
    refusals: null,
  };
}

/** From here on the connection hears the channel. If the peer has gone before its socket opens, no other call tells. */
function attach(connection: Connection, request: HttpRequest, context: EdgeContext): Connection {
  context.channels.add(connection);
  const leave = (): void => {
    if (connection.socket !== null) return;
    connection.history?.letGo();
    context.merchantQueue.remove(connection);
    context.channels.remove(connection);
  };
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  return connection;
}
