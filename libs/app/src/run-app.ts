import { ConfigError, loadConfig, warningsOf, type AppName, type Config } from "@p4/config";
import { createLogger, exitSoon, Lifecycle, runUntilSignal, type Logger } from "@p4/telemetry";
import { brokerAccessOf } from "./broker-access-of.ts";
import { startPatiently } from "./start-patiently.ts";

export interface RunningApp {
  close(): Promise<void>;
}

interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly natsUrl: string;
}

export type StartApp = (options: StartOptions) => Promise<RunningApp>;

/**
 * The main program of an app that runs alone: configuration from the environment, until SIGINT or SIGTERM.
 * While the broker is away or elects a leader, it keeps trying to start, with one warning per try.
 * Sets the exit code: 0 stopped cleanly, 1 failed, 2 misconfigured. Each failure is one line with the next step.
 */
export async function runApp(name: AppName, start: StartApp): Promise<void> {
  let config: Config;
  try {
    config = loadConfig(process.env);
    brokerAccessOf(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error.message, 2);
  }
  const { natsUrl } = config;
  if (natsUrl === null) {
    return fail(`${name}: P4_NATS_URL names no broker; set it, or run the whole system with "npm start"`, 2);
  }
  const logger = createLogger({ level: config.logLevel, name });
  for (const warning of warningsOf(config, [name])) logger.warn(warning);
  let app: RunningApp | undefined;
  const lifecycle = new Lifecycle({ logger }).add({
    name,
    start: async (stopping) => {
      app = await startPatiently(() => start({ config, logger, natsUrl: natsUrl.join(",") }), logger, stopping);
    },
    stop: () => app?.close(),
  });
  try {
    exitSoon(await runUntilSignal(lifecycle, { logger }), (text) => logger.warn(text));
  } catch (error) {
    fail(`${name}: ${error instanceof Error ? error.message : String(error)}`, 1);
  }
}

function fail(line: string, exitCode: number): void {
  tell(line);
  exitSoon(exitCode, tell);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
