import {
  copyClasses,
  lossesOf,
  outwaitMsOf,
  planClass,
  planCopy,
  planFailover,
  planReturn,
  planSwitch,
  type CopyClass,
  type RegionRow,
  type RegionState,
  currentRow,
} from "@p4/regions";
import { Argument, InvalidArgumentError, type Command } from "commander";
import { runPlan, type RunOptions } from "../region/run-plan.ts";
import { showStatus } from "../region/show-status.ts";
import { addGuard } from "./region-guard.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

interface MoveOptions extends RunOptions {
  readonly to: string;
}

export const regionVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(
      ["p4 region status eu", "home, copies and their age, last records"],
      ["p4 region switch eu --to b", "move the home, losing nothing"],
      ["p4 region failover eu --to b --lost a", "site a is gone"],
    ) +
      "\nThe sites are those of P4_SITES. A command that was killed goes on when it is run again. Each leaves a signed record.\n",
  );
  withRegion(verb.command("status"))
    .description("home and epoch, what each site's table says, the age of copies, the last records")
    .option("--prometheus", "print metrics for the textfile collector of node_exporter")
    .addHelpText("after", examples(["p4 region status eu --json | jq .findings", "for alarms"]))
    .action((name: string, { prometheus = false }: { prometheus?: boolean }) => showStatus(context, name, prometheus));
  addCopy(verb, context);
  addSwitch(verb, context);
  addFailover(verb, context);
  addReturn(verb, context);
  addClass(verb, context);
  addGuard(withRegion(verb.command("guard")), context, siteArgument);
};

function addCopy(region: Command, context: VerbContext): void {
  changing(withRegion(region.command("copy")))
    .requiredOption("--to <site>", "the site that gets the copy", siteArgument)
    .description(
      "copy a region to another site, and keep the copy up to date; an existing deployment gets its table by this",
    )
    .addHelpText("after", examples(["p4 region copy eu --to b --dry-run", "what it would do"]))
    .action((name: string, { to, ...options }: MoveOptions) =>
      runPlan(context, {
        ...options,
        region: name,
        command: `copy ${name} --to ${to}`,
        plan: (state) => planCopy(state, to),
      }),
    );
}

function addSwitch(region: Command, context: VerbContext): void {
  changing(withRegion(region.command("switch")))
    .requiredOption(
      "--to <site>",
      "the new home: a site with a copy; or the home itself, to take back a switch",
      siteArgument,
    )
    .description("move a region's home to a site that has a copy, while both are there: nothing is lost")
    .addHelpText("after", examples(["p4 region switch eu --to b", "shows the steps, asks, and does them"]))
    .action((name: string, { to, ...options }: MoveOptions) =>
      runPlan(context, {
        ...options,
        region: name,
        command: `switch ${name} --to ${to}`,
        plan: (state) => planSwitch(state, to),
      }),
    );
}

function addFailover(region: Command, context: VerbContext): void {
  changing(withRegion(region.command("failover")))
    .requiredOption("--to <site>", "the new home: a site with a copy", siteArgument)
    .requiredOption("--lost <site>", "the home that is given up", siteArgument)
    .option("--fence-reachable", "it answers, and is to be fenced first")
    .option("--accept-loss", "the site is known to lack events, which this says, or has no complete copy: give them up")
    .description("make a copy the home without the old one's help: what the copy lacks is lost")
    .addHelpText(
      "after",
      examples(["p4 region failover eu --to b --lost a", "shows the copy's age first"]) +
        "\nWith two sites you vouch that the lost one is off: while it runs, its own nodes go on writing to it." +
        "\nWith three or more they stop by themselves, and this waits until they must have." +
        "\nWhere the lost home has no complete copy, as when a move to it was cut short, the home before it can take over too.\n",
    )
    .action((name: string, options: FailoverCommand) => {
      const { to, lost, fenceReachable = false, acceptLoss = false, ...rest } = options;
      return runPlan(context, {
        ...rest,
        region: name,
        command: `failover ${name} --to ${to} --lost ${lost}`,
        plan: (state) =>
          planFailover(state, { to, lost, fenceReachable, acceptLoss, outwaitMs: outwaitMsOf(state.sites.length) }),
        warnings: (state) => failoverWarnings(state, to, lost),
        afterwards: [`once ${lost} is back, before its nodes write again: p4 region return ${name} ${lost}`],
      });
    });
}

interface FailoverCommand extends MoveOptions {
  readonly lost: string;
  readonly fenceReachable?: boolean;
  readonly acceptLoss?: boolean;
}

function failoverWarnings(state: RegionState, to: string, lost: string): string[] {
  const streams = state.sites.find(({ site }) => site === to)?.streams ?? [];
  const ages = streams.flatMap(({ role }) => (role.kind === "copy" ? [role.ageMs ?? Infinity] : []));
  const heard = `${to} last heard of ${lost} ${String(Math.round(Math.max(...ages)))} ms ago; what ${lost} stored since is lost`;
  const sequences = streams.map(({ stream, lastSequence }) => `${stream} ${String(lastSequence)}`);
  return [
    ...(ages.length === 0 ? [] : [heard]),
    ...lossesOf(state, { to, lost }).map((loss) => `LOST WITH IT: ${loss}`),
    `its last sequences: ${sequences.join(", ")}`,
  ];
}

function addReturn(region: Command, context: VerbContext): void {
  changing(withRegion(region.command("return")).argument("<site>", "the site that is back", siteArgument))
    .description("make a deposed home a copy again; what only it has is written to files first, and never merged")
    .addHelpText("after", examples(["p4 region return eu a", "the files are in the data directory, under forks"]))
    .action((name: string, site: string, options: RunOptions) =>
      runPlan(context, {
        ...options,
        region: name,
        command: `return ${name} ${site}`,
        plan: (state) => planReturn(state, site),
      }),
    );
}

function addClass(region: Command, context: VerbContext): void {
  const promise = new Argument("<class>", "what is promised").choices(copyClasses);
  changing(withRegion(region.command("class")).addArgument(promise))
    .description("what is promised of an acknowledged event when its home is lost")
    .addHelpText(
      "after",
      examples(["p4 region class eu sync", "nothing is acknowledged or delivered before a copy has it"]) +
        "\nasync: copies follow, and what they lack is lost. sync: a round trip more for each message, and no payments while" +
        "\nno copy can be reached; `p4 region class <region> async` goes on without. none: copies promise nothing.\n",
    )
    .action((name: string, promised: CopyClass, options: RunOptions) =>
      runPlan(context, {
        ...options,
        region: name,
        command: `class ${name} ${promised}`,
        plan: (state) => planClass(state, promised),
        warnings: (state) => classWarnings(currentRow(state.sites.map(({ row }) => row)), promised),
        afterwards: ["nodes at the home know of it within a second"],
      }),
    );
}

function classWarnings(row: RegionRow | null, promised: CopyClass): string[] {
  if (row?.class === "sync" && promised !== "sync") {
    return ["from now on the loss of the home loses what its copies lack, also events that wait for a copy now"];
  }
  return promised === "sync" && row?.copies.length === 1
    ? [`while ${row.copies.join()} cannot be reached, nothing is acknowledged`]
    : [];
}

const withRegion = (command: Command): Command =>
  command.argument("<region>", "the region, as P4_REGION names it", siteArgument);

const changing = (command: Command): Command =>
  command.option("--dry-run", "only show what would be done").option("--yes", "do not ask");

function siteArgument(text: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(text)) throw new InvalidArgumentError("It must be 1 to 32 of a-z, 0-9 and -.");
  return text;
}
