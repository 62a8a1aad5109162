import type { StreamForecast } from "@p4/operator";
import type { FailingWebhook } from "@p4/webhooks";
import { prometheusText, type Metric } from "./prometheus-text.ts";

/**
 * What only an operator's login may ask the broker, as Prometheus' text format: for the textfile collector of
 * node_exporter. Pure.
 */
export function streamMetrics(
  region: string,
  { streams, ...forecast }: StreamForecast,
  failing: readonly FailingWebhook[] = [],
  nowMs = 0,
): string[] {
  const { storedBytes, storeLimitBytes, bytesPerDay, daysLeft } = forecast;
  const place = `region="${region}"`;
  const each = (value: (stream: StreamForecast["streams"][number]) => number): Metric["samples"] =>
    streams.map((stream) => [`${place},stream="${stream.stream}"`, value(stream)]);
  const metrics: Metric[] = [
    { name: "p4_stream_bytes", help: "On disk, one copy", samples: each(({ bytes }) => bytes) },
    { name: "p4_stream_messages", help: "Messages that are kept", samples: each(({ messages }) => messages) },
    {
      name: "p4_stream_lagging_replicas",
      help: "Copies that are behind or away",
      samples: each(({ laggingReplicas }) => laggingReplicas.length),
    },
    {
      name: "p4_stream_leaderless",
      help: "1: nothing can be stored in it",
      samples: each(({ leader, replicas }) => Number(leader === null && replicas > 1)),
    },
    { name: "p4_store_bytes", help: "Stored by the account", samples: [[place, storedBytes]] },
    { name: "p4_store_growth_bytes", help: "What is stored grows by in a day", samples: [[place, bytesPerDay]] },
    {
      name: "p4_store_limit_bytes",
      help: "Of the account",
      samples: storeLimitBytes === null ? [] : [[place, storeLimitBytes]],
    },
    {
      name: "p4_store_left_seconds",
      help: "Until the limit is reached at this rate; absent: never",
      samples: daysLeft === null ? [] : [[place, daysLeft * 86_400]],
    },
    {
      name: "p4_webhook_failing_channels",
      help: "Channels whose next event a webhook of the log does not take; absent: it takes all",
      samples: failing.map(({ webhookId, threads }) => [`${place},webhook="${webhookId}"`, threads]),
    },
    {
      name: "p4_webhook_failing_seconds",
      help: "Since the first failure of the channel that a webhook of the log has refused for the longest",
      samples: failing.map(({ webhookId, sinceMs }) => [
        `${place},webhook="${webhookId}"`,
        Math.max(0, Math.round((nowMs - sinceMs) / 1000)),
      ]),
    },
  ];
  return prometheusText(metrics);
}
