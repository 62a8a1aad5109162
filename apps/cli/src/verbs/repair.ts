import { repairStream, surveyStreams, type Broker, type StreamSurvey } from "@p4/nats";
import { CliError } from "../cli-error.ts";
import { counted, durationText } from "../human.ts";
import { stuckMembers } from "../operator/stuck-servers.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

interface RepairOptions {
  readonly stream?: string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A whole log may have to travel. */
const withinMs = 24 * 60 * 60 * 1_000;

export const repairVerb: Verb = (verb, context) => {
  verb
    .option("--stream <name...>", "these streams, whatever their copies look like")
    .option("--dry-run", "only show what would be done")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 repair --dry-run", "which streams have copies that are behind for longer than 10 s"],
        ["p4 repair", "shows them, asks, and repairs one after the other"],
      ) +
        "\nA stream is taken to one copy, its leader's, and back to as many as it had, while it is written and read. Until" +
        "\nthe copies are complete its leader's server must not be lost: p4 backup first, if you can wait for it. A server that is" +
        "\naway is not repaired by this: start it. One that was killed goes on when it is run again.\n",
    )
    .action((options: RepairOptions) => repair(context, options));
};

async function repair(context: VerbContext, options: RepairOptions): Promise<void> {
  const { config, address } = await findOperatorBroker(context);
  await explained(() =>
    withBroker(address, async (broker) => {
      const survey = await surveyStreams(broker, config.region);
      const streams = await toRepair(broker, config.region, survey, options.stream);
      if (streams.length === 0) return context.print({ streams }, () => "nothing to repair: all copies keep up");
      if (options.dryRun === true)
        return context.print({ dryRun: true, streams }, () => streams.map((each) => `would repair ${each}`));
      for (const stream of streams) context.progress(`to repair: ${stream}`);
      const question = `Rebuild the replicas of ${counted(streams.length, "stream")}, one after the other?`;
      await context.confirm(question, options.yes === true);
      const beganMs = performance.now();
      for (const stream of streams) {
        await repairStream(broker, stream, {
          withinMs,
          onStep: ({ step }) => context.progress(`${stream}: ${step}`),
        });
      }
      const tookMs = Math.round(performance.now() - beganMs);
      context.print(
        { streams, tookMs },
        () => `${counted(streams.length, "stream")} repaired in ${durationText(tookMs)}`,
      );
    }),
  );
}

/** Those that are named; else those with a copy that stays behind, and those whose repair was cut short. */
async function toRepair(
  broker: Broker,
  region: string,
  survey: StreamSurvey,
  named: readonly string[] | undefined,
): Promise<string[]> {
  const { reports } = survey;
  const unknown = named?.find((name) => !reports.some(({ stream }) => stream === name));
  if (unknown !== undefined) {
    throw new CliError("failed", `no stream ${unknown} that answers`, "`p4 streams` lists them.", "STORE_MISSING");
  }
  if (named !== undefined) return [...named];
  const stuck = await stuckMembers(broker, region, survey);
  const isAway = (stream: string): boolean =>
    reports.some((report) => report.stream === stream && report.members.some(({ offline = false }) => offline));
  return reports
    .filter(({ stream, isHalfRepaired }) => isHalfRepaired || (stuck.has(stream) && !isAway(stream)))
    .map(({ stream }) => stream);
}
