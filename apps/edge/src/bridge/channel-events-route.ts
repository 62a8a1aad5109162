import { isEnded, stateName, type Listener } from "@p4/channel";
import { problem, type HttpRequest, type HttpResponse, type HttpRoute, type StreamWriter } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";
import { joinErrors } from "../errors.ts";
import type { Grant } from "../grants.ts";
import { OutgoingFrame } from "../outgoing-frame.ts";
import type { PeerSpeech } from "../peer-speech.ts";
import { subjectOf } from "../wallet-subject.ts";
import { admit, type Admission } from "./admission.ts";
import { answered, invalid, refusal } from "./bridge-problems.ts";
import { ChannelFollower } from "./channel-follower.ts";
import { onAnyAbort } from "./on-any-abort.ts";
import { drainedWithin, reconnectAfterMs, serverSentEvent, startHeartbeat } from "./server-sent-events.ts";

/**
 * `GET /channels/:channelID/events`: the channel as server-sent events, for pages that only listen. A listener is a
 * customer unless it claims, and the join policy grants, the merchant's role: customers' payments are the merchant's.
 */
export function channelEventsRoute(context: EdgeContext): HttpRoute {
  return {
    method: "GET",
    path: "/channels/:channelID/events",
    holdsPlace: true,
    handle: (request) => answered(() => getEvents(request, context), "GET events", context),
  };
}

const documentSpeech: PeerSpeech = { encoding: "p4", names: "paymentrequest", internal: false };

/** A page knows no payment as its own, unless its wallet has shown who it is. */
function listenerOf({ role, join: { wallet } }: Extract<Admission, { ok: true }>): Listener {
  const subject = wallet === null ? {} : { subject: subjectOf(wallet) };
  return { role, connectionId: null, repeated: new Set(), ...subject };
}

const slowReaderMs = 10_000;
const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };

async function getEvents(request: HttpRequest, context: EdgeContext): Promise<HttpResponse> {
  const admission = admit("channelID", request, context);
  if (!admission.ok) return admission.response;
  // A socket has the merchant's seat or has not; a listener that never speaks can show a token alone.
  if (admission.role === "merchant" && context.policy.kind !== "token") {
    const detail = "role: merchant needs a token here, and this server asks for none";
    return problem(403, { code: "EDGE_TOKEN", title: "Token needed", detail });
  }
  // A browser that comes back keeps the URL of its first call: the header is the newer one.
  // An empty one says that none was heard yet.
  const lastEventId = request.headers.get("last-event-id") || undefined;
  if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId)) {
    return invalid("Last-Event-ID", "the sequence of an event: 0 or more");
  }
  const since = lastEventId === undefined ? admission.join.since : Number(lastEventId);
  const { channelId } = admission.join;
  if (context.listeners.of(channelId) >= context.limits.maxListenersPerChannel) {
    const { status, title, rule } = joinErrors.EDGE_CHANNEL_CROWDED;
    return problem(status, { code: "EDGE_CHANNEL_CROWDED", title, detail: rule }, { "retry-after": "1" });
  }
  const leave = context.listeners.begin(channelId);
  try {
    const follower = await ChannelFollower.open(channelId, listenerOf(admission), leave, context);
    const early = answerWithoutStream(follower, since, request);
    if (early !== null) {
      follower.release();
      return early;
    }
    onAnyAbort([request.signal], () => follower.release());
    return {
      status: 200,
      headers,
      stream: (writer) => writeEvents(follower, since, admission.grant, writer, context),
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/** 204 tells a browser to stop coming back. */
function answerWithoutStream(
  { channel }: ChannelFollower,
  since: number | null,
  request: HttpRequest,
): HttpResponse | null {
  if (stateName(channel.snapshot) === "unopened") return refusal("CHANNEL_UNKNOWN", "it was never opened");
  if (since === channel.streamVersion && isEnded(channel.snapshot)) return { status: 204 };
  return request.method === "HEAD" ? { status: 200, headers } : null;
}

async function writeEvents(
  follower: ChannelFollower,
  since: number | null,
  grant: Grant | null,
  writer: StreamWriter,
  context: EdgeContext,
): Promise<void> {
  const endListener = context.metrics.listener();
  const endHeartbeat = startHeartbeat(writer);
  const undo = onAnyAbort([context.draining], () => follower.release());
  // Who comes back with the same token gets 401, which tells a browser to stop.
  context.grants.watch(follower, grant, () => follower.release());
  try {
    writer.write(`retry: ${String(reconnectAfterMs)}\n\n`);
    for await (const message of follower.messages(since, context)) {
      if (context.grants.endOf(grant) !== null) return;
      const name = message.kind === "relayed" ? message.event.data.message.key : message.key;
      const frame = new OutgoingFrame(message, follower.channelId).encode(documentSpeech) ?? "";
      const flows = writer.write(serverSentEvent(message.streamVersion, name, frame));
      // A slow reader is let go with what it has; it comes back and goes on from there.
      if (!flows && !(await drainedWithin(writer, slowReaderMs))) return;
    }
  } finally {
    context.grants.unwatch(follower);
    endListener();
    endHeartbeat();
    undo();
    follower.release();
  }
}
