import { stateName, type ChannelSnapshot, type ChannelSummary } from "@p4/channel";
import { isOperatorError } from "@p4/operator/operator-error";
import { readChannel } from "@p4/operator";
import { counted } from "../human.ts";
import type { Operator } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import type { VerbContext } from "../verb.ts";
import { matchesSelection, type BulkOptions } from "./selection.ts";

/** What one channel came to. */
export type BulkOutcome = "done" | "unchanged";

export interface BulkWork {
  /** For the question: `Close`. */
  readonly verb: string;
  readonly work: (channelId: string, summary: ChannelSummary, snapshot: ChannelSnapshot) => Promise<BulkOutcome>;
  /** What speaks against it, for one channel; counted before the question. */
  readonly warning?: (snapshot: ChannelSnapshot) => string | null;
}

interface Failure {
  readonly channelId: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Does the same to many channels, one after the other, after it has asked once. A channel that has left the chosen states
 * meanwhile is left alone, so that a run that was interrupted is simply started again. One that refuses is named at the
 * end, and the verb ends with 1. Throws a CliError when the broker is away.
 */
export async function runBulk(
  context: VerbContext,
  operator: Operator,
  options: BulkOptions,
  { verb, work, warning }: BulkWork,
): Promise<void> {
  const chosen = await choose(context, operator, options);
  const isTarget = (snapshot: ChannelSnapshot): boolean => options.state?.includes(stateName(snapshot)) === true;
  if (options.dryRun === true) {
    const channels = chosen.map(({ channelId, state }) => ({ channelId, state }));
    return context.print({ chosen: chosen.length, dryRun: true, channels }, () => [
      ...channels.map(({ channelId, state }) => `${channelId}  ${state}`),
      `${counted(chosen.length, "channel")}; nothing was changed`,
    ]);
  }
  if (chosen.length > 0) {
    await warnOf(context, operator, chosen, warning);
    const states = (options.state ?? []).join(", ");
    await context.confirm(`${verb} ${counted(chosen.length, "channel")} (${states})?`, options.yes === true);
  }
  const progress = new Progress(context, "channels", chosen.length);
  const failed: Failure[] = [];
  let [done, unchanged] = [0, 0];
  for (const summary of chosen) {
    const { channelId } = summary;
    context.signal.throwIfAborted();
    try {
      const { snapshot } = await readChannel(operator, channelId);
      const outcome = isTarget(snapshot) ? await work(channelId, summary, snapshot) : "unchanged";
      if (outcome === "done") done++;
      else unchanged++;
    } catch (error) {
      if (!isOperatorError(error) || error.kind === "unreachable") throw error;
      failed.push({ channelId, code: error.code, message: error.message });
    }
    progress.add();
  }
  context.print({ chosen: chosen.length, done, unchanged, failed }, () => [
    ...failed.map(({ channelId, message }) => `${context.terminal.style("red", "failed")} ${channelId}: ${message}`),
    `${counted(chosen.length, "channel")}: ${String(done)} done, ${String(unchanged)} left as they are, ${String(failed.length)} failed`,
  ]);
  if (failed.length > 0) context.fail();
}

/** From the index, once it has caught up with the log; in the order of their ids, so that two runs do the same. */
async function choose(context: VerbContext, { node }: Operator, options: BulkOptions): Promise<ChannelSummary[]> {
  const progress = new Progress(context, "channels taken into the index");
  await node.index.catchUp({ signal: context.signal, onProgress: () => progress.add() });
  const chosen: ChannelSummary[] = [];
  for await (const summary of node.index.all()) {
    context.signal.throwIfAborted();
    if (matchesSelection(summary, options)) chosen.push(summary);
  }
  return chosen.sort((a, b) => (a.channelId < b.channelId ? -1 : 1));
}

async function warnOf(
  { terminal }: Pick<VerbContext, "terminal">,
  operator: Operator,
  chosen: readonly ChannelSummary[],
  warning: BulkWork["warning"],
): Promise<void> {
  if (warning === undefined) return;
  const counts = new Map<string, number>();
  for (const { channelId } of chosen) {
    const why = warning((await readChannel(operator, channelId)).snapshot);
    if (why !== null) counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  for (const [why, count] of counts) terminal.err(`careful: of ${counted(count, "channel")}: ${why}`);
}
