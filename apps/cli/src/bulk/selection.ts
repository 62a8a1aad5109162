import { Option, type Command } from "commander";
import { channelStates, type ChannelSummary } from "@p4/channel";
import { CliError } from "../cli-error.ts";
import { pastArgument } from "../verbs/arguments.ts";

/** Which channels, as `p4 channels` is asked for them. */
export interface Selection {
  readonly state?: string[];
  readonly since?: number;
  readonly until?: number;
}

export interface BulkOptions extends Selection {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Damaged channels take no command. */
const noTarget: ReadonlySet<string> = new Set(["damaged", "unopened"]);

/** At the end of the help of each verb that takes them. */
export const bulkHelp =
  "\n--state, --until and --since choose as those of p4 channels do. Channels that have moved on meanwhile are left alone:" +
  "\nstart a run that was interrupted again. Exit code 1: some channel refused; the others are done.\n";

/** The options that choose many channels instead of one. */
export function selectionOptions(command: Command): Command {
  const states = channelStates.filter((state) => !noTarget.has(state));
  return command
    .addOption(new Option("--state <state...>", "all channels in one of these states").choices(states))
    .option("--until <time>", "of those, opened at or before this time", pastArgument)
    .option("--since <time>", "of those, with an event at or after this time", pastArgument)
    .option("--dry-run", "list the channels, and change nothing");
}

/** Whether many are meant. Throws a CliError (misuse) where it is not clear what is. */
export function isBulk({ state, since, until, dryRun }: BulkOptions, single: string | undefined): boolean {
  const narrows = since !== undefined || until !== undefined || dryRun === true;
  if (state === undefined && single === undefined) throw unclear("name one, or many with --state");
  if (state === undefined && narrows) throw unclear("--since, --until and --dry-run are for many: give --state too");
  if (state !== undefined && single !== undefined) throw unclear("name one, or many with --state, not both");
  return state !== undefined;
}

export function matchesSelection(summary: ChannelSummary, { state, since, until }: Selection): boolean {
  if (state !== undefined && !state.includes(summary.state)) return false;
  if (since !== undefined && summary.lastEventAtMs < since) return false;
  return until === undefined || summary.openedAtMs <= until;
}

const unclear = (message: string): CliError => new CliError("misuse", message, null, "BAD_OPTIONS");
