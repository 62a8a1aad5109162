import { ConfigError, loadConfig, warningsOf, type AppName, type Config } from "@p4/config";
import { createLogger, exitSoon, Lifecycle, runUntilSignal, type Logger } from "@p4/telemetry";
import { brokerAccessOf } from "./broker-access-of.ts";
import { openStandby, type StandbyTraits } from "./standby.ts";
import { AtHome } from "./at-home.ts";

export interface RunningApp {
  close(): Promise<void>;
  /** Takes no more connections, so that something else may listen in its place; those that it has stay until `close`. */
  leaveAddress?(): void;
  /** Resolves when it has to stop, since its region's home is not what it was: `homeLeft`. */
  readonly homeLeft?: Promise<void>;
}

interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly natsUrl: string;
  /** To be called before it listens: what stands in for it leaves its address. */
  readonly beforeListen?: () => void;
}

export type StartApp = (options: StartOptions) => Promise<RunningApp>;

/**
 * The main program of an app that runs alone: configuration from the environment, until SIGINT or SIGTERM.
 * While the broker is away or elects a leader, it keeps trying to start, with one warning per try. While the region's home is
 * at another site it stands by, before its start and whenever the home leaves.
 * Sets the exit code: 0 stopped cleanly, 1 failed, 2 misconfigured. Each failure is one line with the next step.
 */
export async function runApp(name: AppName, start: StartApp, standby: StandbyTraits = {}): Promise<void> {
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
  const options = { config, logger, natsUrl: natsUrl.join(",") };
  const standBy = (beforeListen: () => void) =>
    openStandby({ ...options, ...standby, beforeListen, name: `p4-${name}` });
  const atHome = new AtHome({
    start: (beforeListen) => start({ ...options, beforeListen }),
    standBy,
    logger,
  });
  const lifecycle = new Lifecycle({ logger }).add({
    name,
    start: (stopping) => atHome.start(stopping),
    stop: () => atHome.stop(),
  });
  try {
    exitSoon(await runUntilSignal(lifecycle, { logger, until: atHome.failed }), (text) => logger.warn(text));
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
