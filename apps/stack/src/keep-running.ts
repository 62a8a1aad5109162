import { setTimeout as sleep } from "node:timers/promises";
import { isNatsServerError, NatsServerError, type NatsServerErrorCode, type NatsServerProcess } from "@p4/nats-server";

/** The part of a nats-server that is kept running; a test passes its own. */
export type KeptServer = Pick<NatsServerProcess, "exited" | "logFile" | "restart" | "stop">;

export interface KeptRunning {
  /** Never resolves. Rejects with the reason when the server does not stay up. */
  readonly failed: Promise<never>;
  /** Stops the server, or the restart that is under way. */
  stop(): Promise<void>;
}

/** Before each restart; after the last one it is given up. What stops a server for good shows within these. */
const restartDelaysMs = [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000];
/** What no further try mends. */
const hopeless: ReadonlySet<NatsServerErrorCode> = new Set(["CONFIG_INVALID", "STORE_DIR_UNWRITABLE"]);
/** A server that has run for this long has come up: its next end is a new one. */
const stableMs = 60_000;

/**
 * Starts the server again, on the same port and with the same data, whenever it ends by itself: killed, out of memory, or
 * after a lame duck. The apps reconnect by themselves.
 *
 * @param tell says to a person what has happened
 * @param delaysMs the pauses before each restart; a test's are shorter
 */
export function keepRunning(
  server: KeptServer,
  tell: (text: string) => void,
  delaysMs: readonly number[] = restartDelaysMs,
): KeptRunning {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function watch(): Promise<void> {
    let restarts = 0;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const how = await server.exited;
      if (signal.aborted) return;
      if (performance.now() - startedMs >= stableMs) restarts = 0;
      tell(`nats-server has ended (${how}); starting it again with the same data on the same port`);
      restarts = await startAgain(`it has ended (${how})`, restarts);
      tell("nats-server is back");
    }
  }

  /** Gives the number of restarts since it last ran for a while. */
  async function startAgain(cause: string, before: number): Promise<number> {
    let reason = cause;
    for (const [index, delayMs] of delaysMs.entries()) {
      if (index < before) continue;
      await sleep(delayMs, undefined, { signal });
      try {
        await server.restart(signal);
        return index + 1;
      } catch (error) {
        signal.throwIfAborted();
        if (isNatsServerError(error) && hopeless.has(error.code)) throw error;
        reason = error instanceof Error ? error.message : String(error);
        tell(`nats-server could not be started: ${reason}`);
      }
    }
    const tries = `${String(delaysMs.length)} restarts did not help`;
    throw new NatsServerError("START_FAILED", `nats-server does not stay up: ${reason}; ${tries} (${server.logFile})`);
  }

  const watching = watch();
  const failed = watching.then(forever, (error: unknown) => {
    if (signal.aborted) return forever();
    throw error;
  });
  // Who waits for it may not have begun yet.
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stopping.abort();
      await server.stop();
      // A restart under way ends its own process, unless it has just succeeded.
      await watching.catch(() => undefined);
      await server.stop();
    },
  };
}

const forever = (): Promise<never> => new Promise(() => undefined);
