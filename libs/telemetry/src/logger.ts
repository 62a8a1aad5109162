import { visibleText } from "@p4/protocol";
import { pino, type DestinationStream, type Logger as PinoLogger } from "pino";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** The log as the rest of the system sees it: fields first, then one sentence. */
export type Logger = Pick<PinoLogger, "trace" | "debug" | "info" | "warn" | "error" | "fatal"> & {
  /** A logger that adds these fields to each line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
};

export interface LoggerOptions {
  readonly level: LogLevel;
  /** The app's name, on every line. */
  readonly name: string;
  /** Default: stderr, written synchronously so that the last line before a crash is not lost. */
  readonly destination?: DestinationStream;
}

const secretNames = [
  "authorization",
  "cookie",
  "token",
  "secret",
  "password",
  "joinSecrets",
  "callbackToken",
  "privateKey",
];

/**
 * JSON lines: time as RFC 3339, level as a word. Fields named like secrets are replaced, at the top and one level down.
 * A line may come to a terminal and hold what peers wrote: unseen characters are escaped, which leaves its value as it is.
 */
export function createLogger({
  level,
  name,
  destination = pino.destination({ fd: 2, sync: true }),
}: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { app: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((secret) => [secret, `*.${secret}`, `*.*.${secret}`]),
        censor: "(redacted)",
      },
      serializers: { error: pino.stdSerializers.err },
    },
    { write: (line) => destination.write(visibleText(line, "\n")) },
  );
}
