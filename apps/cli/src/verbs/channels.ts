import { Option } from "commander";
import { channelStates, stuckForMs, waitsFor, type ChannelSummary } from "@p4/channel";
import { matchesSelection, type Selection } from "../bulk/selection.ts";
import { CliError } from "../cli-error.ts";
import { countText, counted, durationText, timeText } from "../human.ts";
import { Newest } from "../operator/newest.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import { tableLines, type Column } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { countArgument, durationArgument, pastArgument, txidLength, txidStartArgument } from "./arguments.ts";

interface ChannelsOptions extends Selection {
  readonly txid?: string;
  readonly stuck?: number | true;
  readonly limit: number;
}

/** Characters of a memo in a table. */
const shownMemo = 40;
const defaultStuckMs = 5 * 60_000;

export const channelsVerb: Verb = (verb, context) => {
  verb
    .addOption(new Option("--state <state...>", "in one of these states").choices([...channelStates, "damaged"]))
    .option("--since <time>", "with an event at or after this time", pastArgument)
    .option("--until <time>", "opened at or before this time", pastArgument)
    .option("--txid <txid>", "on which this transaction was submitted; its first digits will do", txidStartArgument)
    .option("--stuck [duration]", "has waited for a party this long (5m), or its deadline is over", durationArgument)
    .option("--limit <n>", "most rows shown", countArgument, 50)
    .addHelpText(
      "after",
      examples(
        ["p4 channels", "the 50 that were active last"],
        ["p4 channels --txid 5f0ce1a9", "the channel of a payment"],
        ["p4 channels --stuck", "waiting for a party for more than five minutes"],
        ["p4 channels --stuck 1h --state awaitingAck", "merchants that have left payments unanswered"],
        ["p4 channels --since 2h --json", "active in the last two hours"],
        ["p4 channels --since 2026-11-20 --until 2026-11-21", "alive on that day"],
      ) + "\nThe index takes in what the log has got since its last time first, so the answer is complete.\n",
    )
    .action((options: ChannelsOptions) => withNode(context, (operator) => channels(context, operator, options)));
};

/** Who of a channel's wallets is connected now, and to which node; a channel that has ended is not asked about. */
interface Connected {
  readonly connected: readonly ("merchant" | "customer")[];
  readonly nodes: readonly string[];
}

const over: ReadonlySet<ChannelSummary["state"]> = new Set(["expired", "closed", "damaged", "unopened"]);
/** Each wallet is a question to its node: those of a long list beyond this are left out. */
const maxAsked = 500;

async function connectedWallets(
  node: Pick<Operator["node"], "isConnectionAlive">,
  shown: readonly ChannelSummary[],
): Promise<ReadonlyMap<string, Connected>> {
  const asked = shown.filter(({ state }) => !over.has(state)).slice(0, maxAsked);
  const told = await Promise.all(
    asked.map(async ({ channelId, ...summary }): Promise<[string, Connected]> => {
      const found = await Promise.all(
        (["merchant", "customer"] as const).map(async (role) => {
          const place = summary[role];
          if (place === null || !(await node.isConnectionAlive(place.nodeId, place.connectionId))) return [];
          return [{ role, nodeId: place.nodeId }];
        }),
      );
      const here = found.flat();
      return [
        channelId,
        { connected: here.map(({ role }) => role), nodes: [...new Set(here.map(({ nodeId }) => nodeId))] },
      ];
    }),
  );
  return new Map(told);
}

async function channels(context: VerbContext, { node }: Operator, options: ChannelsOptions): Promise<void> {
  const { index } = node;
  const progress = new Progress(context, "channels taken into the index");
  await index.catchUp({ signal: context.signal, onProgress: () => progress.add() });
  const nowMs = Date.now();
  const newest = new Newest<ChannelSummary>(options.limit, ({ lastEventAtMs }) => lastEventAtMs);
  let found = 0;
  // The index knows whole txids only; the start of one is looked for in every channel's entry.
  const candidates = options.txid?.length === txidLength ? await index.findByTxid(options.txid) : index.all();
  for await (const summary of candidates) {
    context.signal.throwIfAborted();
    if (!matches(summary, options, nowMs)) continue;
    found++;
    newest.add(summary);
  }
  if (options.txid !== undefined && found === 0) {
    const nextStep = "Proofs may name a transaction that no wallet submitted; `p4 tail` shows what comes in.";
    throw new CliError("failed", `no channel has seen a transaction ${options.txid}`, nextStep, "TXID_UNKNOWN");
  }
  const shown = newest.list();
  const here = await connectedWallets(node, shown);
  const channels = shown.map((summary) => ({ ...view(summary, nowMs), ...here.get(summary.channelId) }));
  context.print({ found, shown: shown.length, channels }, () => [
    ...tableLines(
      columns,
      shown.map((summary) => row(summary, nowMs, options.txid, here.get(summary.channelId))),
      context.terminal.style,
      context.terminal.columns,
    ),
    found === shown.length
      ? counted(found, "channel")
      : `${countText(shown.length)} of ${counted(found, "channel")}; --limit ${found} shows all`,
    ...nextStep(found, options),
  ]);
}

function nextStep(found: number, { stuck }: ChannelsOptions): string[] {
  if (stuck === undefined) return [];
  if (found > 0) return ["p4 replay <channel> shows who is waited for, and why"];
  const leastMs = stuck === true ? defaultStuckMs : stuck;
  return [
    `no channel has waited for a party as long as ${durationText(leastMs)}; p4 channels --stuck 30s finds shorter waits`,
  ];
}

function matches(summary: ChannelSummary, options: ChannelsOptions, nowMs: number): boolean {
  const { stuck, txid, ...selection } = options;
  if (txid !== undefined && !summary.txids.some((id) => id.startsWith(txid))) return false;
  if (!matchesSelection(summary, selection)) return false;
  if (stuck === undefined) return true;
  return stuckForMs(summary, nowMs) >= (stuck === true ? defaultStuckMs : stuck);
}

function view(summary: ChannelSummary, nowMs: number) {
  const { openedAtMs, lastEventAtMs, waitingSinceMs, expiresAtMs, ...rest } = summary;
  return {
    ...rest,
    waitsFor: waitsFor(summary.state),
    stuckForMs: stuckForMs(summary, nowMs),
    openedAt: new Date(openedAtMs).toISOString(),
    lastEventAt: new Date(lastEventAtMs).toISOString(),
    waitsSince: new Date(waitingSinceMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
  };
}

const columns: readonly Column[] = [
  { title: "channel" },
  {
    title: "state",
    style: (cell) => (cell === "settled" ? "green" : cell === "damaged" ? "red" : null),
  },
  { title: "waits for", givesWay: 5 },
  { title: "stuck for", align: "right", style: () => "yellow" },
  { title: "last event (UTC)", givesWay: 2 },
  { title: "deadline", givesWay: 4 },
  { title: "events", align: "right", givesWay: 1 },
  { title: "txid", style: () => "dim", givesWay: 3 },
  { title: "satoshis", align: "right", givesWay: 8 },
  { title: "connected", style: () => "green", givesWay: 7 },
  { title: "node", style: () => "dim", givesWay: 0 },
  { title: "memo", givesWay: 6 },
];

function row(summary: ChannelSummary, nowMs: number, txid: string | undefined, here: Connected | undefined): string[] {
  const { channelId, state, fault, events, lastEventAtMs, expiresAtMs, txids, satoshis, memo } = summary;
  const stuckMs = stuckForMs(summary, nowMs);
  const isEnded = state === "expired" || state === "closed";
  if (state === "damaged") return [channelId, state, "", "", "", "", "", fault ?? ""];
  return [
    channelId,
    state,
    waitsFor(state) ?? "",
    stuckMs < 1_000 ? "" : durationText(stuckMs),
    timeText(lastEventAtMs).slice(0, 19),
    isEnded ? "" : deadlineText(expiresAtMs - nowMs),
    String(events),
    txids.map((id) => (txid !== undefined && id.startsWith(txid) ? id : `${id.slice(0, 8)}…`)).join(" "),
    satoshis === null ? "" : countText(satoshis),
    here?.connected.join(", ") ?? "",
    here?.nodes.map((nodeId) => nodeId.slice(0, 8)).join(" ") ?? "",
    memo === null ? "" : memo.length > shownMemo ? `${memo.slice(0, shownMemo)}…` : memo,
  ];
}

const deadlineText = (leftMs: number): string =>
  leftMs >= 0 ? `in ${durationText(leftMs)}` : `${durationText(-leftMs)} ago`;
