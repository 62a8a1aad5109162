import {
  deliveryOf,
  eventTexts,
  isEnded,
  machineVersion,
  stateName,
  summarize,
  tellNext,
  waitsFor,
  type Delivery,
  type Timeline,
  type TimelineEntry,
  type TimelinePosition,
} from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";
import { bodyLines } from "../body-lines.ts";
import { CliError } from "../cli-error.ts";
import { logWithArchive } from "../evidence/log-with-archive.ts";
import { counted, durationText, timeText } from "../human.ts";
import { explainFailure } from "@p4/operator/explain-failure";
import { readTimeline, sentTo, textOf } from "../operator/read-channel.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { timelineEntryView } from "../timeline-entry.ts";
import { timelineTable, type TimelineTable } from "../timeline-lines.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, logPointArgument, type LogPoint } from "./arguments.ts";
import { replayAllAgainst } from "./replay-all.ts";

interface ReplayOptions {
  readonly at?: LogPoint;
  readonly follow?: boolean;
  readonly bodies?: boolean;
  readonly all?: boolean;
  readonly against?: string;
}

/** Nodes' clocks differ a little; a step back of more than this is told. */
const clockToleranceMs = 1_000;

export const replayVerb: Verb = (verb, context) => {
  verb
    .argument("[channel]", "the channel's id", channelArgument)
    .option(
      "--at <point>",
      "stop at this sequence or time: the state then, and what each party had been sent",
      logPointArgument,
    )
    .option("--bodies", "with the body of each message, and each proof")
    .option("--follow", "go on with new events until Ctrl-C")
    .option("--all", "with --against: every channel that the file names")
    .option("--against <file>", "say which channels end in another state than the build ended in that wrote this file")
    .addHelpText(
      "after",
      examples(
        ["p4 replay inv123", "the whole timeline"],
        ["p4 replay inv123 --at 41", "the state after the event with sequence 41"],
        ["p4 replay inv123 --at 2026-11-23T09:30:00Z", "the state at that time, by the broker's clock"],
        ["p4 replay inv123 --bodies", "with what the messages say"],
        ["p4 replay inv123 --follow", "and then what happens"],
        ["p4 replay --all --against before.jsonl", "after an upgrade; see p4 recover"],
        ["p4 replay inv123 --json | jq '.entries[].what'", "for programs"],
      ) + "\nExit code 1: the log does not hold together, or a clock went back by more than a second.\n",
    )
    .action(async (channelId: string | undefined, options: ReplayOptions) => {
      const { at, follow, all, against } = options;
      if (all === true && against !== undefined && channelId === undefined) return replayAllAgainst(context, against);
      if (channelId === undefined) throw misuse("give a channel, or --all --against <file>");
      if (all === true || against !== undefined) throw misuse("--all --against <file> goes without a channel");
      if (at !== undefined && follow === true) throw misuse("--at and --follow exclude each other");
      return withNode(context, (operator) => replay(context, operator, channelId, options));
    });
};

const misuse = (message: string): CliError => new CliError("misuse", message, "p4 replay --help", "BAD_OPTIONS");

async function replay(
  context: VerbContext,
  operator: Operator,
  channelId: string,
  { at, follow, bodies = false }: ReplayOptions,
): Promise<void> {
  const { node } = operator;
  const timeline = await readTimeline(logWithArchive(context, operator), channelId, at);
  const { entries } = timeline;
  const { style: paint, columns } = context.terminal;
  const plain = timelineTable(entries, paint, columns);
  const linesOf = (entry: TimelineEntry) => [...plain.linesOf(entry), ...(bodies ? bodyLines(entry) : [])];
  const table = { lines: [...plain.lines.slice(0, 1), ...entries.flatMap(linesOf)], linesOf };
  const entryView = bodies ? entryWithTexts : timelineEntryView;
  if (follow === true) {
    const [head = ""] = table.lines;
    for (const [i, entry] of entries.entries()) {
      context.print(entryView(entry), () => [...(i === 0 ? [head] : []), ...table.linesOf(entry)]);
    }
    return followOn(context, node, { channelId, timeline, table, entryView });
  }
  const view = { ...channelView(channelId, timeline, at !== undefined), entries: entries.map(entryView) };
  context.print(view, () => [...table.lines, "", ...summaryLines(view)]);
  const backwards = entries.filter(({ sincePreviousMs }) => sincePreviousMs < -clockToleranceMs);
  for (const { streamVersion, sincePreviousMs } of backwards) {
    context.terminal.err(`a clock went back by ${durationText(-sincePreviousMs)} at sequence ${streamVersion}`);
    context.fail();
  }
}

interface Followed {
  readonly channelId: string;
  readonly timeline: Timeline;
  readonly table: TimelineTable;
  readonly entryView: (entry: TimelineEntry) => object;
}

/** Each event that the feed announces is read from the log: nothing is told that is not stored. */
async function followOn(
  context: VerbContext,
  node: Operator["node"],
  { channelId, timeline, table, entryView }: Followed,
): Promise<void> {
  let position: TimelinePosition = {
    channel: timeline.channel,
    openedAtMs: timeline.entries[0]?.atMs ?? 0,
    lastAtMs: timeline.entries.at(-1)?.atMs ?? 0,
  };
  let failure: unknown = null;
  const ended = new AbortController();
  const stop = AbortSignal.any([context.signal, ended.signal]);
  let reading: Promise<void> = Promise.resolve();
  const readOn = async (): Promise<void> => {
    for (const stored of await node.log.readStream(channelId, { afterVersion: position.channel.streamVersion })) {
      const told = tellNext(position, textOf(stored), sha256Hex);
      position = told.position;
      context.print(entryView(told.entry), () => table.linesOf(told.entry));
    }
    if (isEnded(position.channel.snapshot)) ended.abort();
  };
  const onEvent = (): void => {
    reading = reading.then(readOn).catch((error: unknown) => {
      failure = error;
      ended.abort();
    });
  };
  const followed = await node.registry.follow(channelId, onEvent);
  try {
    onEvent();
    await new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      else stop.addEventListener("abort", () => resolve(), { once: true });
    });
    await reading;
  } finally {
    followed.release();
  }
  if (failure !== null) throw explainFailure(failure, channelId);
}

function channelView(channelId: string, { channel, entries }: Timeline, isPast: boolean) {
  const { context } = channel.snapshot;
  return {
    channelId,
    state: stateName(channel.snapshot),
    waitsFor: waitsFor(stateName(channel.snapshot)),
    waitsSince: new Date(summarize(channel).waitingSinceMs).toISOString(),
    lastEventAt: new Date(context.lastEventAtMs).toISOString(),
    streamVersion: channel.streamVersion,
    headHash: channel.headHash,
    machineVersion: machineVersion(sha256Hex),
    openedAt: new Date(context.openedAtMs).toISOString(),
    expiresAt: new Date(context.expiresAtMs).toISOString(),
    pending: entries.at(-1)?.pending ?? { merchant: [], customer: [] },
    deliveries: { merchant: deliveriesTo("merchant", entries), customer: deliveriesTo("customer", entries) },
    ...(isPast ? { sent: sentTo({ channel, entries }) } : {}),
  };
}

/** What waits for a party, and how far it has got as the log knows it. */
function deliveriesTo(role: "merchant" | "customer", entries: readonly TimelineEntry[]): string[] {
  return (entries.at(-1)?.waiting[role] ?? []).map(({ key, streamVersion }) => {
    return `${key} (${deliveryWords[deliveryOf(entries, role, streamVersion)]})`;
  });
}

const deliveryWords: Readonly<Record<Delivery, string>> = {
  notSent: "not sent: its wallet has not joined",
  sent: "sent, not confirmed",
  confirmed: "confirmed",
};

function entryWithTexts(entry: TimelineEntry) {
  return { ...timelineEntryView(entry), ...eventTexts(entry.event) };
}

/** Who is waited for by now, and what an operator can do about it. */
function waitLines({
  channelId,
  waitsFor: who,
  waitsSince: since,
  expiresAt,
}: ReturnType<typeof channelView>): string[] {
  if (who === null) return [];
  const nowMs = Date.now();
  const overMs = nowMs - Date.parse(expiresAt);
  return [
    `waits for the ${who}, ${durationText(nowMs - Date.parse(since))} by now`,
    ...(overMs > 0
      ? [`the deadline was over ${durationText(overMs)} ago: does the expiry app run?`]
      : adviceOn(who, channelId)),
  ];
}

function adviceOn(who: "customer" | "merchant" | "miner", channelId: string): string[] {
  if (who === "miner") return ["the proof comes by the miner's callback; one that is stored: p4 proof requeue <txid>"];
  return [
    `the ${who}'s wallet gets what is pending as soon as it joins`,
    `more time: p4 deadline extend ${channelId} 2h; end it: p4 close ${channelId} --reason <text>`,
  ];
}

type ShownChannel = ReturnType<typeof channelView> & { readonly entries: readonly { readonly elapsedMs: number }[] };

function summaryLines(view: ShownChannel): string[] {
  const { state, entries, headHash, streamVersion, deliveries, sent } = view;
  const list = (keys: readonly string[]): string => (keys.length === 0 ? "nothing" : keys.join(", "));
  const took = entries.at(-1)?.elapsedMs ?? 0;
  return [
    `${state} after ${counted(entries.length, "event")} in ${durationText(took)}; deadline ${timeText(Date.parse(view.expiresAt))}`,
    ...(sent === undefined ? waitLines(view) : []),
    ...(sent === undefined
      ? []
      : [`sent to the merchant: ${list(sent.merchant)}`, `sent to the customer: ${list(sent.customer)}`]),
    `pending for the merchant: ${list(deliveries.merchant)}`,
    `pending for the customer: ${list(deliveries.customer)}`,
    `head ${headHash} at sequence ${streamVersion}`,
  ];
}
