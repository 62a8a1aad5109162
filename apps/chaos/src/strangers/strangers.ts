import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromStrangers, StopStrangers, StrangersSettings } from "./strangers-protocol.ts";

export interface Strangers {
  readonly pid: number;
  /** What they did and managed so far. */
  readonly tally: Omit<FromStrangers, "type">;
  /** Resolves when all have left. Throws when their process ended before it could tell. */
  leave(): Promise<void>;
  kill(): void;
}

export function startStrangers(settings: StrangersSettings): Strangers {
  const module = fileURLToPath(new URL("./strangers-process.js", import.meta.url));
  const child = fork(module, [JSON.stringify(settings)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  let tally: Omit<FromStrangers, "type"> = { rounds: {}, successes: {}, bytesWritten: 0, loopP99Ms: 0 };
  let isDone = false;
  child.on("message", ({ type, ...told }: FromStrangers) => {
    tally = told;
    isDone ||= type === "done";
  });
  const exited = once(child, "exit").then(() => void process.off("exit", endWithUs));
  return {
    get pid() {
      return child.pid ?? 0;
    },
    get tally() {
      return tally;
    },
    async leave() {
      if (child.connected) child.send({ type: "stop" } satisfies StopStrangers);
      await exited;
      if (!isDone) throw new Error("the strangers' process ended before it had told what they did");
    },
    kill: endWithUs,
  };
}
