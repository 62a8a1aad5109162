import { LoadProcess } from "../system/load-process.ts";
import type { FromStrangers, StopStrangers, StrangersSettings } from "./strangers-protocol.ts";

/** What strangers did and managed so far. */
export type Tally = Omit<FromStrangers, "type">;

/** All strangers at once, in a process of their own. */
export class StrangersCrowd extends LoadProcess<FromStrangers, StopStrangers> {
  constructor(settings: StrangersSettings) {
    super(new URL("./strangers-process.js", import.meta.url), settings);
  }

  get tally(): Tally {
    const { rounds = {}, successes = {}, bytesWritten = 0, loopP99Ms = 0 } = this.told ?? {};
    return { rounds, successes, bytesWritten, loopP99Ms };
  }

  /** Resolves when all have left. Throws when their process ended before it could tell. */
  leave(): Promise<void> {
    this.order({ type: "stop" });
    return this.done();
  }
}
