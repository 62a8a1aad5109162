import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Begin, FromSteady, SteadySettings } from "./steady-protocol.ts";

export interface SteadyWallets {
  /** Begun so far. */
  readonly payments: number;
  /** How late their own process was, 99th percentile: what it adds to the waits that it measures. */
  readonly loopP99Ms: number;
  /** Where every wallet joins first: resolves when all have. Throws when the process has ended before. */
  ready(): Promise<void>;
  begin(): void;
  /** Resolves when every payment has ended and the record is complete. Throws when the process has ended before. */
  done(): Promise<void>;
  kill(): void;
}

export function startSteadyWallets(settings: SteadySettings): SteadyWallets {
  const module = fileURLToPath(new URL("./steady-process.js", import.meta.url));
  const child = fork(module, [JSON.stringify(settings)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  let payments = 0;
  let loopP99Ms = 0;
  let isReady = false;
  let isDone = false;
  const exited = once(child, "exit").then(() => void process.off("exit", endWithUs));
  const ready = new Promise<void>((resolve) => {
    child.on("message", (message: FromSteady) => {
      ({ payments, loopP99Ms } = message);
      isDone ||= message.type === "done";
      if (message.type !== "ready") return;
      isReady = true;
      resolve();
    });
  });
  return {
    get payments() {
      return payments;
    },
    get loopP99Ms() {
      return loopP99Ms;
    },
    async ready() {
      await Promise.race([ready, exited]);
      if (!isReady) throw new Error("the wallets' process ended before they had joined");
    },
    begin: () => void child.send({ type: "begin" } satisfies Begin),
    async done() {
      await exited;
      if (!isDone) throw new Error("the wallets' process ended before its record was complete");
    },
    kill: endWithUs,
  };
}
