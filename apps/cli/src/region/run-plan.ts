import { join } from "node:path";
import { performStep, surveyRegion } from "@p4/nats";
import { currentRow, RegionError, type Plan, type RegionState, type Step } from "@p4/regions";
import { openKeyFile, operatorKeyPath } from "../evidence/key-file.ts";
import type { VerbContext } from "../verb.ts";
import { tailKeeper, type KeptTail } from "./keep-tail.ts";
import { rowText, stepText } from "./plan-lines.ts";
import { keepRecord } from "./region-record.ts";
import { withSites, type Sites } from "./with-sites.ts";

export interface RunOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface RegionCommand extends RunOptions {
  /** As it was given, for the record. */
  readonly command: string;
  readonly region: string;
  readonly plan: (state: RegionState) => Plan;
  /** What the operator should know before the answer. */
  readonly warnings?: (state: RegionState) => readonly string[];
  /** What is left to do by hand. */
  readonly afterwards?: readonly string[];
}

/** Shows what a command will do, asks, does it step by step and leaves a signed record. Run again, it goes on. */
export function runPlan(context: VerbContext, command: RegionCommand): Promise<void> {
  return withSites(context, async (sites) => {
    const state = await surveyRegion(sites.brokers, command.region);
    const { steps, row } = command.plan(state);
    const warnings = command.warnings?.(state) ?? [];
    if (command.dryRun === true || steps.length === 0) {
      const list = steps.map((step, i) => `${String(i + 1)}. ${stepText(step)}`);
      context.print({ dryRun: true, steps, row, warnings }, () =>
        steps.length === 0 ? [`nothing to do: ${rowText(row)}`] : [...warnings, ...list],
      );
      return;
    }
    for (const line of warnings) context.progress(line);
    steps.forEach((step, i) => context.progress(`${String(i + 1)}. ${stepText(step)}`));
    await context.confirm(`Do this to region ${command.region}?`, command.yes === true);
    await execute(context, command, sites);
  });
}

interface DoneStep {
  readonly step: Step["do"];
  readonly tookMs: number;
}

async function execute(context: VerbContext, command: RegionCommand, sites: Sites): Promise<void> {
  const { region } = command;
  const { config, brokers } = sites;
  const startedMs = performance.now();
  // The answer may have taken a while.
  const state = await surveyRegion(brokers, region);
  const { steps, row } = command.plan(state);
  const tails: KeptTail[] = [];
  const keepTail = tailKeeper(join(config.dataDir, "forks"), region, row.epoch, tails);
  const done: DoneStep[] = [];
  // A move without a record cannot be recorded later.
  const key = await openKeyFile(context, operatorKeyPath(config));
  for (const step of steps) {
    const beganMs = performance.now();
    await performStep(step, { region, sites: brokers, replicas: config.replicas, keepTail });
    const tookMs = Math.round(performance.now() - beganMs);
    done.push({ step: step.do, tookMs });
    context.progress(`   ${step.do} done in ${String(tookMs)} ms`);
  }
  const tookMs = Math.round(performance.now() - startedMs);
  const home = brokers.get(row.home);
  if (home === null || home === undefined) throw new RegionError("REGION_SITE_AWAY", row.home);
  const record = {
    command: command.command,
    atMs: Date.now(),
    before: currentRow(state.sites.map((site) => site.row)),
    after: row,
    steps: done.map(({ step }) => step),
    tails: tails.map(({ path }) => path),
  };
  await keepRecord(home, record, key);
  context.print({ row, steps: done, tookMs, tails }, () => [
    `${rowText(row)} (${String(tookMs)} ms)`,
    ...tails.map(
      ({ path, messages, channels }) =>
        `${String(messages)} messages that nothing else has: ${path}${channels.length === 0 ? "" : `, of channels ${channels.join(", ")}`}`,
    ),
    ...(command.afterwards ?? []),
  ]);
}
