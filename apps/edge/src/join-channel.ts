import { isStoreError, storeErrors } from "@p4/event-store";
import type { HttpRequest, UpgradeAnswer, UpgradeDecision, UpgradeRefusal } from "@p4/http";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { enterChannel, expectsNew, type Admitted } from "./enter-channel.ts";
import { joinErrors } from "./errors.ts";
import { judgeJoin } from "./join-policy.ts";
import { closeCodeOfRefusal, joinRefusal, storeRefusal } from "./join-refusal.ts";
import { readJoinRequest, type JoinRequest } from "./join-request.ts";
import { seatOf } from "./merchant-presence.ts";
import { isBrokerTrouble } from "@p4/nats";

/**
 * `GET /ws/:channelID`: everything that can be refused is refused before the wallet is a connection of the channel. Where
 * nothing but the log's own trouble is in the way, the socket opens at once, and that trouble closes it.
 */
export function joinChannel(request: HttpRequest, context: EdgeContext): UpgradeAnswer<Connection> {
  const read = readJoinRequest(request.params["channelID"] ?? "", request);
  if (!read.ok)
    return refuse("BAD_REQUEST", joinRefusal("EDGE_BAD_JOIN", `${read.field}: ${read.rule}`), null, context);
  const { join } = read;
  if (!context.home.isHere) return joinOnceHome(join, request, context);
  const verdict = judge(join, context);
  if (!verdict.admitted) return verdict.refused;
  const isCertain = request.query.get("refusal") !== "http" && isLogAllThatIsMissing(join, verdict, context);
  const decision = enter(join, verdict, request, context);
  return isCertain ? { ...subprotocolOf(join), decision, closeCode: closeCodeOfRefusal } : decision;
}

async function joinOnceHome(join: JoinRequest, request: HttpRequest, context: EdgeContext): Promise<Decision> {
  const elsewhere = await context.home.turnAway(request);
  if (elsewhere !== null) return refuse("HOME", elsewhere, join.channelId, context);
  const verdict = judge(join, context);
  return verdict.admitted ? enter(join, verdict, request, context) : verdict.refused;
}

type Decision = UpgradeDecision<Connection>;

function refuse(reason: string, refusal: UpgradeRefusal, channelId: string | null, context: EdgeContext): Decision {
  context.metrics.joinRefused(reason);
  context.note({ channelId, nodeId: context.nodeId, code: refusal.code }, "join refused");
  return { accept: false, refusal };
}

/** By what this node knows without asking. */
function judge(join: JoinRequest, context: EdgeContext): Admitted | { admitted: false; refused: Decision } {
  const { channelId } = join;
  const refused = (reason: string, refusal: UpgradeRefusal) => {
    return { admitted: false, refused: refuse(reason, refusal, channelId, context) } as const;
  };
  const unready = context.unready();
  if (unready !== null) return refused("UNREADY", joinRefusal("EDGE_UNREADY", unready));
  if (isCrowded(channelId, context)) return refused("CHANNEL_CROWDED", joinRefusal("EDGE_CHANNEL_CROWDED"));
  const verdict = judgeJoin(join, context);
  return verdict.admitted ? verdict : refused("TOKEN", joinRefusal("EDGE_TOKEN"));
}

async function enter(
  join: JoinRequest,
  verdict: Admitted,
  request: HttpRequest,
  context: EdgeContext,
): Promise<Decision> {
  const { channelId } = join;
  try {
    const connection = await enterChannel(join, verdict, request, context);
    if (connection === "overloaded") {
      const text = `no new channels at the moment: ${context.admission.overload ?? "many are being opened"}`;
      return refuse("OVERLOADED", joinRefusal("EDGE_OVERLOADED", text), channelId, context);
    }
    if (connection === null) {
      const detail = `${channelId}: ${joinErrors.CHANNEL_UNKNOWN.rule}`;
      return refuse("UNKNOWN", joinRefusal("CHANNEL_UNKNOWN", detail), channelId, context);
    }
    return { accept: true, data: connection, ...subprotocolOf(join) };
  } catch (error) {
    const [reason, refusal] = await refusalOf(error, channelId, request, context);
    return refuse(reason, refusal, channelId, context);
  }
}

function subprotocolOf({ subprotocol }: JoinRequest): { protocol?: string } {
  return subprotocol === null ? {} : { protocol: subprotocol };
}

/**
 * Its join is taken as soon as the log has it: the channel is live here and there is no other merchant, or its merchant comes
 * to open it and need not wait for others that do.
 */
function isLogAllThatIsMissing(join: JoinRequest, verdict: Admitted, context: EdgeContext): boolean {
  const { registry, admission } = context;
  if (join.since !== null || admission.overload !== null) return false;
  const channel = registry.peek(join.channelId);
  if (channel !== null) return verdict.role !== "merchant" || seatOf(channel) === null;
  return admission.hasRoom && expectsNew(join, verdict, context);
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

/** Its sockets here and the joins under way are as many as a channel may have. */
function isCrowded(channelId: string, { connections, joins, limits }: EdgeContext): boolean {
  return connections.of(channelId).length + joins.of(channelId) >= limits.maxSocketsPerChannel;
}

/** A burst of joins is over before it costs anything, while those who join a channel that is live here go on. */
export function rejectNewChannel(
  channelId: string,
  { registry, admission, metrics }: EdgeContext,
): UpgradeRefusal | null {
  if (registry.isLive(channelId) || !admission.shouldReject()) return null;
  metrics.joinRefused("OVERLOADED");
  return tooManyWait;
}
