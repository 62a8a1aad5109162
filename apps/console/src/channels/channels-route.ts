import { json, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import { refusal } from "../errors.ts";
import type { ChannelsAnswer } from "../views/views.ts";
import type { ChannelDirectory } from "./channel-directory.ts";
import { rowOf } from "./channel-row.ts";
import type { PresenceCache } from "./presence-cache.ts";
import { readQuery, searchChannels, type FoundChannels } from "./search-channels.ts";

export interface ChannelsRouteOptions {
  readonly directory: ChannelDirectory;
  readonly presence: PresenceCache;
  readonly nowMs: () => number;
}

const maxRows = 100;
/** The pages of one list are cut from one search. */
const keptMs = 2_000;
const maxKept = 8;

/**
 * `GET /console/api/channels?q=&state=&stuck=yes&since=&until=&offset=&limit=`: one page of the channels that match, with how
 * many there are.
 */
export function channelsRoute({ directory, presence, nowMs }: ChannelsRouteOptions): HttpRoute {
  const kept = new Map<string, { readonly found: Promise<FoundChannels>; readonly untilMs: number }>();
  const handle = async ({ query }: HttpRequest): Promise<HttpResponse> => {
    const asked = readQuery(query);
    if ("rule" in asked) return refusal("CONSOLE_INVALID", asked.rule);
    const [offset, limit] = [readCount(query.get("offset"), 0), readCount(query.get("limit"), maxRows)];
    if (offset === null || limit === null || limit > maxRows) {
      return refusal("CONSOLE_INVALID", `offset, limit: must be whole numbers, limit at most ${String(maxRows)}`);
    }
    const state = await directory.state();
    const now = nowMs();
    const key = JSON.stringify([state.version, { ...asked, states: [...asked.states] }]);
    let search = kept.get(key);
    if (search === undefined || search.untilMs <= now) {
      search = { found: searchChannels(state, asked, now), untilMs: now + keptMs };
      kept.delete(key);
      kept.set(key, search);
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    }
    const { channels, stuck } = await search.found;
    const rows = channels.slice(offset, offset + limit).map((summary) => rowOf(summary, presence, now));
    const answer: ChannelsAnswer = {
      nowMs: now,
      total: channels.length,
      stuck,
      known: state.channels.length,
      offset,
      rows: await Promise.all(rows),
      isReading: state.isReading,
      asOfMs: state.asOfMs,
      trouble: state.trouble,
    };
    return json(200, answer, { "cache-control": "no-store" });
  };
  return { method: "GET", path: "/console/api/channels", handle };
}

function readCount(text: string | null, fallback: number): number | null {
  if (text === null) return fallback;
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}
