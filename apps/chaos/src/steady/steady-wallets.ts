import { join } from "node:path";
import { LoadProcess } from "../system/load-process.ts";
import type { Begin, FromSteady, SteadySettings } from "./steady-protocol.ts";

/** Whole payments at a steady rate, each by two wallets on a channel of its own: they come, pay and leave, if not said otherwise. */
export type SteadyPlan = Omit<SteadySettings, "recordFile" | "openFirst" | "thinkMs"> &
  Partial<Pick<SteadySettings, "openFirst" | "thinkMs">>;

/** Wallets in a process of their own. */
export class SteadyWallets {
  readonly recordFile: string;
  /** One payment each. */
  readonly channelIds: readonly string[];
  readonly #process: LoadProcess<FromSteady, Begin>;

  constructor(dir: string, plan: SteadyPlan) {
    this.recordFile = join(dir, `${plan.name}.jsonl`);
    this.channelIds = Array.from({ length: plan.payments }, (_, index) => `${plan.name}-${String(index)}`);
    const settings: SteadySettings = { openFirst: false, thinkMs: 0, ...plan, recordFile: this.recordFile };
    this.#process = new LoadProcess(new URL("./steady-process.js", import.meta.url), settings);
  }

  /** Begun so far. */
  get payments(): number {
    return this.#process.told?.payments ?? 0;
  }

  /** How late their own process was, 99th percentile: what it adds to the waits that it measures. */
  get loopP99Ms(): number {
    return this.#process.told?.loopP99Ms ?? 0;
  }

  /** Where every wallet joins first: resolves when all have. Throws when the process has ended before. */
  ready(): Promise<void> {
    return this.#process.said("ready");
  }

  begin(): void {
    this.#process.order({ type: "begin" });
  }

  /** Resolves when every payment has ended and the record is complete. Throws when the process has ended before. */
  done(): Promise<void> {
    return this.#process.done();
  }

  kill(): void {
    this.#process.kill();
  }
}
