import { isLogError, type LogErrorCode } from "@p4/channel";
import { isStoreError, type StoreErrorCode } from "@p4/event-store";
import { OperatorError, type FailureKind } from "./operator-error.ts";

/** What operators can do about what the broker says; the error itself names the place. */
const remedies: Partial<Record<StoreErrorCode, readonly [kind: FailureKind, nextStep: string]>> = {
  STORE_UNAVAILABLE: ["unreachable", "Check that the broker runs and that P4_NATS_URL names it; then run this again."],
  STORE_APPEND_IN_FLIGHT: ["unreachable", "Run this again."],
  STORE_FORBIDDEN: ["failed", "Give the user of P4_NATS_URL the permissions; `p4 doctor` shows what is missing."],
  STORE_MISSING: ["failed", "Check P4_NATS_URL and P4_REGION; the apps set the broker up when they start."],
  STORE_MISCONFIGURED: ["failed", "Set P4_SHARDS and P4_REGION as they were when the streams were made."],
  STORE_NOT_ENABLED: ["failed", "Start nats-server with JetStream enabled (-js)."],
  STORE_HOME_MOVED: ["failed", "Name the home's servers in P4_NATS_URL: `p4 region status` shows where it is."],
  STORE_DAMAGED: ["failed", "Do not delete anything. Compare with a replica or a backup of the stream."],
  STORE_INVALID_NAME: ["misuse", "Channel ids are 1 to 64 of A-Z, a-z, 0-9, - and _."],
  STORE_BLOB_MISSING: ["failed", "Compare with a replica or a backup of the blob bucket."],
  STORE_BLOB_DAMAGED: ["failed", "Compare with a replica or a backup of the blob bucket."],
};

/** A known failure of the log as one line and its next step; anything else as it is. `about` names the channel. */
export function explainFailure(error: unknown, about?: string): Error {
  if (isStoreError(error)) {
    const [kind, nextStep] = remedies[error.code] ?? ["failed", "`p4 doctor` looks for the cause."];
    return new OperatorError(kind, error.message, nextStep, error.code);
  }
  if (isLogError(error)) {
    const place = about === undefined ? "" : `channel ${about}: `;
    const nextSteps: Partial<Record<LogErrorCode, string>> = {
      LOG_EVENT_TOO_NEW: "Use a p4 that is at least as new as the servers.",
      LOG_BEGINNING_GONE: "The log drops events with P4_LOG_RETENTION. `p4 evidence fetch` has it if it was archived.",
    };
    const nextStep = nextSteps[error.code] ?? `--at ${error.streamVersion - 1} shows the part before it.`;
    return new OperatorError("failed", `${place}${error.message}`, nextStep, error.code);
  }
  return error instanceof Error ? error : new Error(String(error));
}
