import { channelWebhooks, positionKey, type StoredPosition } from "@p4/app";
import { decodeDocument, isStoreError } from "@p4/event-store";
import type { FailingWebhook } from "@p4/webhooks";
import type { Broker } from "@p4/nats";
import { forecastStreams, type GrowingStream } from "@p4/operator";
import { countText, counted, durationText, sizeText } from "../human.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import { streamMetrics } from "../operator/stream-metrics.ts";
import { tableLines, type Column } from "../table.ts";
import { CliError } from "../cli-error.ts";
import { examples, type Verb } from "../verb.ts";

export const streamsVerb: Verb = (verb, context) => {
  verb
    .option("--prometheus", "print metrics for the textfile collector of node_exporter")
    .addHelpText(
      "after",
      examples(
        ["p4 streams", "as a table"],
        ["p4 streams --json | jq .daysLeft", "for alarms"],
        ["p4 streams --prometheus > p4.prom.new && mv p4.prom.new p4.prom", "every minute, in the collector's folder"],
      ) + "\nGrowth is the average over what a stream holds. Sizes are the broker's own: bytes on disk.\n",
    )
    .action(async ({ prometheus }: { prometheus?: boolean }) => {
      const { config, address } = await findOperatorBroker(context);
      const tell = async (broker: Broker): Promise<void> => {
        const nowMs = Date.now();
        const forecast = await forecastStreams(broker, config.region, nowMs);
        const { streams, ...summary } = forecast;
        if (streams.length === 0) {
          const nextStep = "Check P4_NATS_URL and P4_REGION; the apps set the broker up when they start.";
          throw new CliError(
            "failed",
            `${broker.url} holds nothing of region ${config.region}`,
            nextStep,
            "STORE_MISSING",
          );
        }
        const { storedBytes, storeLimitBytes, bytesPerDay, finalBytes, daysLeft } = summary;
        const metrics =
          prometheus === true
            ? streamMetrics(config.region, forecast, await failingWebhooks(broker, config.region), nowMs)
            : null;
        context.print(
          { region: config.region, ...summary, streams },
          () =>
            metrics ?? [
              ...tableLines(
                columns,
                streams.map((stream) => row(stream, nowMs)),
                context.terminal.style,
                context.terminal.columns,
              ),
              `${sizeText(storedBytes)} stored, growing by ${sizeText(bytesPerDay)} a day; ` +
                (Number.isFinite(finalBytes)
                  ? `about ${sizeText(finalBytes)} once the oldest goes with age`
                  : "some of it is never deleted"),
              limitText(storeLimitBytes, daysLeft),
            ],
        );
      };
      await explained(() => withBroker(address, tell));
    });
};

/** Of the log, as the worker that tells them has last said. None: nobody has, there is no bucket, or it may not be read. */
async function failingWebhooks(broker: Broker, region: string): Promise<readonly FailingWebhook[]> {
  try {
    const { documents } = channelWebhooks(broker, region);
    return decodeDocument<StoredPosition>(await documents.get(positionKey))?.failing ?? [];
  } catch (error) {
    if (isStoreError(error)) return [];
    throw error;
  }
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

function row(report: GrowingStream, nowMs: number): string[] {
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
