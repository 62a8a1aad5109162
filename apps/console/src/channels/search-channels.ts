import { channelStates, stuckForMs, type ChannelSummary } from "@p4/channel";
import type { DirectoryState, KnownChannel } from "./channel-directory.ts";

/** What a list is asked for. */
export interface ChannelQuery {
  /** A part of an id, a txid or a memo, in lower case; "" is in all. */
  readonly text: string;
  readonly states: ReadonlySet<string>;
  readonly onlyStuck: boolean;
  /** With an event at or after this time. */
  readonly sinceMs: number | null;
  /** Opened at or before this time. */
  readonly untilMs: number | null;
}

export interface FoundChannels {
  /** Stuck ones first, the longest stuck before the others; then the last active first. */
  readonly channels: readonly ChannelSummary[];
  readonly stuck: number;
}

/** A channel that has waited for a party, or has been overdue, for this long needs an operator. */
export const stuckAfterMs = 5 * 60_000;
const maxTextLength = 200;
/** Looked at before the sockets of this process have their turn again. */
const batch = 10_000;

/** @returns the rule that is broken, for the caller */
export function readQuery(query: URLSearchParams): ChannelQuery | { readonly rule: string } {
  const text = (query.get("q") ?? "").trim().toLowerCase();
  if (text.length > maxTextLength) return { rule: `q: must be at most ${String(maxTextLength)} characters` };
  const states = query.getAll("state").filter((state) => state !== "");
  const known: readonly string[] = [...channelStates, "damaged"];
  const unknown = states.find((state) => !known.includes(state));
  if (unknown !== undefined) return { rule: `state: must be one of ${known.join(", ")}` };
  const [sinceMs, untilMs] = [readTime(query.get("since")), readTime(query.get("until"))];
  if (sinceMs === undefined) return { rule: "since: must be a time in ms since 1970" };
  if (untilMs === undefined) return { rule: "until: must be a time in ms since 1970" };
  return { text, states: new Set(states), onlyStuck: query.get("stuck") === "yes", sinceMs, untilMs };
}

function readTime(text: string | null): number | null | undefined {
  if (text === null || text === "") return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export async function searchChannels(
  { channels }: Pick<DirectoryState, "channels">,
  query: ChannelQuery,
  nowMs: number,
): Promise<FoundChannels> {
  const stuck: { readonly summary: ChannelSummary; readonly forMs: number }[] = [];
  const others: ChannelSummary[] = [];
  for (let start = 0; start < channels.length; start += batch) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const channel of channels.slice(start, start + batch)) {
      if (!matches(channel, query)) continue;
      const forMs = stuckForMs(channel.summary, nowMs);
      if (forMs >= stuckAfterMs) stuck.push({ summary: channel.summary, forMs });
      else if (!query.onlyStuck) others.push(channel.summary);
    }
  }
  stuck.sort((left, right) => right.forMs - left.forMs);
  return { channels: [...stuck.map(({ summary }) => summary), ...others], stuck: stuck.length };
}

function matches({ summary, text }: KnownChannel, query: ChannelQuery): boolean {
  if (query.states.size > 0 && !query.states.has(summary.state)) return false;
  if (query.sinceMs !== null && summary.lastEventAtMs < query.sinceMs) return false;
  if (query.untilMs !== null && summary.openedAtMs > query.untilMs) return false;
  return query.text === "" || text.includes(query.text);
}
