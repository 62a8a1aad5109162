import { isStoreError, storeErrors } from "@p4/event-store";
import type { HttpRequest, UpgradeDecision, UpgradeRefusal } from "@p4/http";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { enterChannel } from "./enter-channel.ts";
import { joinErrors } from "./errors.ts";
import { judgeJoin } from "./join-policy.ts";
import { joinRefusal, storeRefusal } from "./join-refusal.ts";
import { readJoinRequest } from "./join-request.ts";
import { isBrokerTrouble } from "@p4/nats";

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
  if (isCrowded(join.channelId, context)) return refuse("CHANNEL_CROWDED", joinRefusal("EDGE_CHANNEL_CROWDED"));
  const verdict = judgeJoin(join, context);
  if (!verdict.admitted) return refuse("TOKEN", joinRefusal("EDGE_TOKEN"));
  try {
    const connection = await enterChannel(join, verdict, request, context);
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

/** Its sockets here and the joins under way are as many as a channel may have. */
function isCrowded(channelId: string, { connections, joins, limits }: EdgeContext): boolean {
  return connections.of(channelId).size + joins.of(channelId) >= limits.maxSocketsPerChannel;
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
