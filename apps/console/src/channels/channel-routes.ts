import { machineTable, summarize, type ChannelSummary } from "@p4/channel";
import { isStoreError } from "@p4/event-store";
import { json, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import type { ChannelNode } from "@p4/app";
import { closeWarning } from "@p4/operator";
import { refusal } from "../errors.ts";
import { connectionsOf, type LoggedConnection } from "../views/at-point.ts";
import type { ChannelAnswer, ConnectionView, UnchangedAnswer } from "../views/views.ts";
import { rowOf } from "./channel-row.ts";
import { entryViews } from "./entry-view.ts";
import type { PresenceCache } from "./presence-cache.ts";
import { proofsOf, tellChannel, type ToldChannel } from "./tell-channel.ts";

export interface ChannelRoutesOptions {
  readonly node: Pick<ChannelNode, "log">;
  readonly presence: PresenceCache;
  readonly nowMs: () => number;
}

const noStore = { "cache-control": "no-store" };
/** Pages that follow the same channel ask for the same connections. */
const maxFollowed = 200;

/**
 * `GET /console/api/channels/:id?known=<sequence>`: all of a channel, or only its connections when nothing was stored since.
 * `GET /console/api/channels/:id/events/:sequence`: one stored event, byte for byte.
 */
export function channelRoutes({ node, presence, nowMs }: ChannelRoutesOptions): HttpRoute[] {
  const followed = new Map<string, readonly LoggedConnection[]>();
  const connectionViews = (connections: readonly LoggedConnection[]): Promise<ConnectionView[]> =>
    Promise.all(
      connections.map(async (each) => ({ ...each, is: (await presence.of(each))?.is ?? ("unknown" as const) })),
    );

  const channel = async (channelId: string, known: string | null): Promise<HttpResponse> => {
    const key = `${channelId} ${known ?? ""}`;
    const connections = followed.get(key);
    if (known !== null && connections !== undefined) {
      const version = (await node.log.streamVersions([channelId])).get(channelId);
      if (String(version) === known) {
        const answer: UnchangedAnswer = {
          nowMs: nowMs(),
          unchanged: true,
          connections: await connectionViews(connections),
        };
        return json(200, answer, noStore);
      }
    }
    const events = await node.log.readStream(channelId);
    if (events.length === 0) return refusal("CONSOLE_CHANNEL_UNKNOWN", `there is no channel ${channelId} in this log`);
    const told = tellChannel(events);
    const last = events.at(-1)?.streamVersion ?? 0;
    const entries = entryViews(told);
    const nowKnown = connectionsOf(entries);
    followed.set(`${channelId} ${String(last)}`, nowKnown);
    const [oldest] = followed.keys();
    if (followed.size > maxFollowed && oldest !== undefined) followed.delete(oldest);
    const answer: ChannelAnswer & { readonly streamVersion: number } = {
      nowMs: nowMs(),
      row: await rowOf(summaryOf(channelId, told), presence, nowMs()),
      streamVersion: last,
      entries,
      fault: told.fault,
      closeWarning: closeWarning(told.channel.snapshot),
      headHash: told.channel.headHash,
      proofs: proofsOf(told),
      connections: await connectionViews(nowKnown),
      machine: machineTable(),
    };
    return json(200, answer, noStore);
  };

  const event = async (channelId: string, sequence: string): Promise<HttpResponse> => {
    const wanted = Number(sequence);
    const events = await node.log.readStream(channelId, { afterVersion: wanted - 1, maxEvents: 1 });
    const [found] = events;
    if (found?.streamVersion !== wanted) {
      return refusal("CONSOLE_EVENT_UNKNOWN", `channel ${channelId} has no event with sequence ${sequence}`);
    }
    const headers = {
      ...noStore,
      // As a file: it is a peer's text, and no browser shall read it as a page of this server.
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${channelId}-${sequence}.json"`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox",
    };
    return { status: 200, headers, body: found.bytes };
  };

  return [
    {
      method: "GET",
      path: "/console/api/channels/:id",
      handle: (request) => aboutChannel(request, (id) => channel(id, request.query.get("known"))),
    },
    {
      method: "GET",
      path: "/console/api/channels/:id/events/:sequence",
      handle: (request) =>
        aboutChannel(request, (id) => {
          const { sequence = "" } = request.params;
          if (/^[1-9]\d{0,14}$/.test(sequence)) return event(id, sequence);
          return Promise.resolve(refusal("CONSOLE_INVALID", "sequence: must be a whole number, 1 or more"));
        }),
    },
  ];
}

/** Answers about the channel that the path names; a broker that is away is told as such. */
export async function aboutChannel(
  { params }: HttpRequest,
  answer: (channelId: string) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { id = "" } = params;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
    return refusal("CONSOLE_INVALID", "id: channel ids are 1 to 64 of A-Z, a-z, 0-9, - and _");
  }
  try {
    return await answer(id);
  } catch (error) {
    if (isStoreError(error) && error.retryable) return refusal("CONSOLE_BROKER_AWAY", error.message);
    throw error;
  }
}

/** Of a damaged one as far as it was told. */
function summaryOf(channelId: string, { channel, fault }: ToldChannel): ChannelSummary {
  const summary = summarize(channel);
  return fault === null ? summary : { ...summary, channelId, state: "damaged", fault };
}
