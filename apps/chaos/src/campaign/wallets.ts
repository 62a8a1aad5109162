import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromWallets, ToWallets, WalletsSettings } from "../wallets/wallets-protocol.ts";

export interface Wallets {
  /** Flows begun so far. */
  readonly flows: number;
  stall(edge: string, holdMs: number): void;
  /** Begins no new flow; resolves when all have ended and the record is complete. */
  finish(): Promise<void>;
  kill(): void;
}

export function startWallets(settings: WalletsSettings): Wallets {
  const module = fileURLToPath(new URL("../wallets/wallets-process.js", import.meta.url));
  const child = fork(module, [JSON.stringify(settings)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const tell = (message: ToWallets): void => void (child.connected && child.send(message));
  let flows = 0;
  let isDone = false;
  child.on("message", (message: FromWallets) => {
    flows = message.flows;
    if (message.type === "done") isDone = true;
  });
  const exited = once(child, "exit");
  return {
    get flows() {
      return flows;
    },
    stall: (edge, holdMs) => tell({ type: "stall", edge, holdMs }),
    async finish() {
      tell({ type: "finish" });
      await exited;
      if (!isDone) throw new Error("the wallets' process ended before its record was complete");
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
