import { ConfigError, loadConfig, type Config } from "@p4/config";
import { createLogger, Lifecycle, runUntilSignal, type Logger } from "@p4/telemetry";

export interface RunningApp {
  close(): Promise<void>;
}

export type StartApp = (options: { config: Config; logger: Logger; natsUrl: string }) => Promise<RunningApp>;

/**
 * The main program of an app that runs alone: configuration from the environment, until SIGINT or SIGTERM.
 * Sets the exit code: 0 stopped cleanly, 1 failed, 2 misconfigured. Each failure is one line with the next step.
 */
export async function runApp(name: string, start: StartApp): Promise<void> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error.message, 2);
  }
  const { natsUrl } = config;
  if (natsUrl === null) {
    return fail(`${name}: P4_NATS_URL names no broker; set it, or run the whole system with "npm start"`, 2);
  }
  const logger = createLogger({ level: config.logLevel, name });
  let app: RunningApp | undefined;
  const lifecycle = new Lifecycle({ logger }).add({
    name,
    start: async () => {
      app = await start({ config, logger, natsUrl: natsUrl.join(",") });
    },
    stop: () => app?.close(),
  });
  try {
    process.exitCode = await runUntilSignal(lifecycle, logger);
  } catch (error) {
    fail(`${name}: ${error instanceof Error ? error.message : String(error)}`, 1);
  }
}

function fail(line: string, exitCode: number): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = exitCode;
}
