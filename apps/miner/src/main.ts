import { join } from "node:path";

import { isConfigError, loadConfig } from "@p4/config";
import { createLogger, exitSoon, Lifecycle, runUntilSignal } from "@p4/telemetry";

import { startMiner, type Miner } from "./start-miner.ts";

/** Runs the miner alone until SIGTERM. `npm start` calls `startMiner` itself. */
async function main(): Promise<number> {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel, name: "miner" });
  let miner: Miner | null = null;
  const lifecycle = new Lifecycle({ logger }).add({
    name: "miner",
    start: async () => {
      miner = await startMiner({
        host: config.host,
        port: config.minerPort,
        dataDir: join(config.dataDir, "miner"),
        log: (message) => logger.info(message),
      });
      logger.info({ url: miner.url }, "development miner is ready; its coins are worth nothing");
    },
    stop: () => miner?.close(),
  });
  return runUntilSignal(lifecycle, { logger });
}

try {
  exitSoon(await main(), tell);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  tell(isConfigError(error) ? message : `The miner could not start: ${message}`);
  exitSoon(1, tell);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
