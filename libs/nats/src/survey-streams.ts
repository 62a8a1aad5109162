import { isStoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { streamNames } from "./stream-names.ts";
import { isOurs, toReport, type StreamInfo, type StreamReport } from "./inspect.ts";

/** What can be seen of a region's streams while some servers are away. */
export interface StreamSurvey {
  readonly reports: readonly StreamReport[];
  /** Streams whose leader does not answer. */
  readonly unanswered: readonly string[];
}

/**
 * As `inspectStreams`, but one stream without a leader hides none of the others: each is asked for itself. Rejects with
 * STORE_UNAVAILABLE when not even their names can be had, since the cluster has no leader of its own.
 */
export async function surveyStreams(broker: Broker, region: string): Promise<StreamSurvey> {
  const names = (await streamNames(broker)).filter((name) => isOurs(name, region));
  const reports: StreamReport[] = [];
  const unanswered: string[] = [];
  await Promise.all(
    names.map(async (name) => {
      try {
        reports.push(toReport(await broker.api<StreamInfo>(`STREAM.INFO.${name}`)));
      } catch (error) {
        if (!isStoreError(error, "STORE_UNAVAILABLE")) throw error;
        unanswered.push(name);
      }
    }),
  );
  const byName = (left: string, right: string): number => left.localeCompare(right, "en", { numeric: true });
  return {
    reports: reports.sort((left, right) => byName(left.stream, right.stream)),
    unanswered: unanswered.sort(byName),
  };
}
