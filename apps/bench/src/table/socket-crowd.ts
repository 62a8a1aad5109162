import type { AttackName, Tally } from "../attacks.ts";
import { startServerProcess, type ServerProcess } from "../server-process.ts";

/** Below the usual limit of open files per process. */
const socketsPerProcess = 15_000;

/** Sockets that have joined and do nothing, in processes of their own. */
export class SocketCrowd {
  readonly #holders: readonly ServerProcess[];
  #stopped = false;

  private constructor(holders: readonly ServerProcess[]) {
    this.#holders = holders;
  }

  static async join(port: number, what: AttackName, sockets: number): Promise<SocketCrowd> {
    const holders: ServerProcess[] = [];
    for (let left = sockets; left > 0; left -= socketsPerProcess) {
      const share = String(Math.min(left, socketsPerProcess));
      holders.push(await startServerProcess("./attack-process.js", [String(port), what, share]));
    }
    return new SocketCrowd(holders);
  }

  async open(): Promise<number> {
    const tallies = await Promise.all(this.#holders.map((holder) => holder.ask<Tally>("tally")));
    return tallies.reduce((sum, { joined }) => sum + joined, 0);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await Promise.all(this.#holders.map((holder) => holder.stop()));
  }
}
