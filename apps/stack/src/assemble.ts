import { ConfigError, warningsOf, type Config } from "@p4/config";
import { brokerAccessOf } from "@p4/app";
import { createLogger, Lifecycle, type Logger } from "@p4/telemetry";
import { deferred, type Deferred } from "./deferred.ts";
import { startEmbeddedBroker, type EmbeddedBroker } from "./embedded-broker.ts";
import { openLogFile } from "./log-file.ts";
import { removeStackFile, writeStackFile } from "./stack-file.ts";
import { addApps, type StackContext } from "./start-apps.ts";
import { print, say } from "./terminal.ts";

export interface Assembled {
  readonly context: StackContext;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** Ends the run: resolved when its work is done, rejected when it cannot go on. */
  readonly until: Deferred;
}

/**
 * The broker, unless there is one, and the apps, ready to be started.
 *
 * @throws ConfigError, Error for a data directory that cannot be written
 */
export function assemble(config: Config): Assembled {
  if (config.natsUrl === null && config.replicas > 1) throw oneServerAlone(config);
  brokerAccessOf(config);
  // The terminal is for people: the log's JSON lines go to a file.
  const log = openLogFile(config.dataDir, say);
  const loggerFor = (name: string): Logger => createLogger({ level: config.logLevel, name, destination: log.stream });
  const logger = loggerFor("stack");
  const lifecycle = new Lifecycle({ logger, tell: say });
  const until = deferred();
  const context: StackContext = { config, natsUrl: config.natsUrl?.join(",") ?? "", loggerFor, endpoints: [] };
  /** Also into the log: there it is looked for later. */
  const tell = (text: string): void => {
    say(text);
    logger.warn(text);
  };
  if (config.natsUrl === null) addBroker(lifecycle, context, tell, until);
  addApps(lifecycle, context, () => until.reject(new Error("the region's home has left this site: start it there")));
  lifecycle.add({
    name: "endpoints",
    start: async () => {
      for (const { app, url, note } of context.endpoints) print(`${app.padEnd(13)} ${url}\n${" ".repeat(14)}${note}`);
      print(`${"log".padEnd(13)} ${log.path}`);
      for (const warning of warningsOf(context.config, context.config.apps)) tell(warning);
      await writeStackFile(context);
    },
    stop: () => removeStackFile(config.dataDir),
  });
  return { context, lifecycle, logger, until };
}

function addBroker(lifecycle: Lifecycle, context: StackContext, tell: (text: string) => void, until: Deferred): void {
  let broker: EmbeddedBroker | undefined;
  lifecycle.add({
    name: "nats-server",
    start: async (stopping) => {
      const started = await startEmbeddedBroker(context.config, { onProgress: say, tell, stopping });
      broker = started;
      started.failed.catch((error: unknown) => until.reject(error));
      // The apps' last messages need it, and they are stopped before.
      stopping.addEventListener("abort", () => started.resume());
      context.natsUrl = started.url;
      context.config = { ...context.config, natsCredentials: [started.loginFile] };
      const { monitorUrl } = started;
      if (monitorUrl !== null) context.config = { ...context.config, natsMonitorUrls: [monitorUrl] };
      print(`nats-server ${started.version} (${started.foundBy})  ${started.url}`);
    },
    stop: () => broker?.stop(),
  });
}

function oneServerAlone({ replicas }: Config): ConfigError {
  const rule = "needs P4_NATS_URL: the broker that is started without it is one server";
  return new ConfigError([{ variable: "P4_REPLICAS", value: String(replicas), rule }]);
}
