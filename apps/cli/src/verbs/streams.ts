import { inspectBroker, inspectStreams, type Broker, type StreamReport } from "@p4/nats";
import { countText, counted, durationText, sizeText } from "../human.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import { tableLines, type Column } from "../table.ts";
import { CliError } from "../cli-error.ts";
import { examples, type Verb } from "../verb.ts";

const dayMs = 86_400_000;

/** Too young to say how fast it grows. */
const minimumAgeMs = 60_000;

export const streamsVerb: Verb = (program, context) => {
  program
    .command("streams")
    .description("streams and buckets of the region: size, channels, growth, and when the disk or the limit is reached")
    .addHelpText(
      "after",
      examples(["p4 streams", "as a table"], ["p4 streams --json | jq .daysLeft", "for alarms"]) +
        "\nGrowth is the average over what a stream holds. Sizes are the broker's own: bytes on disk.\n",
    )
    .action(async () => {
      const { config, address } = await findOperatorBroker(context);
      const tell = async (broker: Broker): Promise<void> => {
        const nowMs = Date.now();
        const reports = await inspectStreams(broker, config.region);
        if (reports.length === 0) {
          const nextStep = "Check P4_NATS_URL and P4_REGION; the apps set the broker up when they start.";
          throw new CliError(
            "failed",
            `${broker.url} holds nothing of region ${config.region}`,
            nextStep,
            "STORE_MISSING",
          );
        }
        const { storedBytes, storeLimitBytes } = await inspectBroker(broker);
        const streams = reports.map((report) => ({ ...report, bytesPerDay: growth(report, nowMs) }));
        const bytesPerDay = streams.reduce((sum, stream) => sum + (stream.bytesPerDay ?? 0), 0);
        // With the log's age the old goes as the new comes.
        const finalBytes = streams.reduce((sum, stream) => sum + fullSize(stream), 0);
        const daysLeft = leftDays({ storedBytes, storeLimitBytes, bytesPerDay, finalBytes });
        const summary = { storedBytes, storeLimitBytes, bytesPerDay, finalBytes, daysLeft };
        context.print({ region: config.region, ...summary, streams }, () => [
          ...tableLines(
            columns,
            streams.map((stream) => row(stream, nowMs)),
            context.terminal.style,
            context.terminal.columns,
          ),
          `${sizeText(storedBytes)} stored, growing by ${sizeText(bytesPerDay)} a day; ` +
            (Number.isFinite(finalBytes)
              ? `about ${sizeText(finalBytes)} once the oldest goes with age`
              : "some of it is kept for ever"),
          limitText(storeLimitBytes, daysLeft),
        ]);
      };
      await explained(() => withBroker(address, tell));
    });
};

/** Bytes a day; null when the stream is too young to tell. A deadline goes with its channel's end. */
function growth({ stream, bytes, firstAtMs }: StreamReport, nowMs: number): number | null {
  if (firstAtMs === null || stream.startsWith("KV_P4_DEADLINES_")) return 0;
  const ageMs = nowMs - firstAtMs;
  return ageMs < minimumAgeMs ? null : Math.round((bytes * dayMs) / ageMs);
}

function fullSize({ bytes, bytesPerDay, maxAgeMs }: StreamReport & { bytesPerDay: number | null }): number {
  if (bytesPerDay === null || bytesPerDay === 0) return bytes;
  return maxAgeMs === 0 ? Infinity : Math.max(bytes, (bytesPerDay * maxAgeMs) / dayMs);
}

interface Fill {
  readonly storedBytes: number;
  readonly storeLimitBytes: number | null;
  readonly bytesPerDay: number;
  readonly finalBytes: number;
}

/** Null: no limit, or it is never reached. */
function leftDays({ storedBytes, storeLimitBytes, bytesPerDay, finalBytes }: Fill): number | null {
  if (storeLimitBytes === null || bytesPerDay === 0 || finalBytes < storeLimitBytes) return null;
  return Math.max(0, Math.floor((storeLimitBytes - storedBytes) / bytesPerDay));
}

function limitText(limitBytes: number | null, daysLeft: number | null): string {
  if (limitBytes === null) return "the account has no limit: watch the disk of the servers";
  if (daysLeft === null) return `the limit of ${sizeText(limitBytes)} is never reached at this rate`;
  return `${counted(daysLeft, "day")} left to the limit of ${sizeText(limitBytes)}`;
}

const columns: readonly Column[] = [
  { title: "stream" },
  { title: "messages", align: "right", givesWay: 2 },
  { title: "subjects", align: "right", givesWay: 4 },
  { title: "size", align: "right" },
  { title: "a day", align: "right" },
  { title: "oldest", align: "right", givesWay: 3 },
  { title: "kept for", align: "right" },
  { title: "replicas", align: "right", givesWay: 1 },
];

function row(report: StreamReport & { bytesPerDay: number | null }, nowMs: number): string[] {
  const { stream, messages, subjects, bytes, bytesPerDay, firstAtMs, maxAgeMs, replicas } = report;
  return [
    stream,
    countText(messages),
    countText(subjects),
    sizeText(bytes),
    bytesPerDay === null ? "?" : sizeText(bytesPerDay),
    firstAtMs === null ? "" : durationText(nowMs - firstAtMs),
    maxAgeMs === 0 ? "ever" : durationText(maxAgeMs),
    String(replicas),
  ];
}
