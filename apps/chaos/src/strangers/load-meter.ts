import type { SteadyWallets } from "../steady/steady-wallets.ts";
import { cpuSeconds, machineTimes } from "../system/process-usage.ts";

/** What the machine and the load generator did in a phase: whether its figures are the server's. */
export interface LoadFigures {
  readonly begunPerSecond: number;
  /** How late the honest wallets' own process was, 99th percentile. */
  readonly walletsLoopP99Ms: number;
  /** From 0 to 1, of all cores and whatever runs on them. */
  readonly machineBusy: number;
  /** Cores that each process used; none where they cannot be read. */
  readonly cores: Readonly<Record<string, number>>;
}

export class LoadMeter {
  readonly #pids: Readonly<Record<string, number>>;
  readonly #begunMs = performance.now();
  readonly #machine = machineTimes();
  readonly #cpu: Readonly<Record<string, number | null>>;

  constructor(pids: Readonly<Record<string, number>>) {
    this.#pids = pids;
    this.#cpu = this.#read();
  }

  figures({ payments, loopP99Ms }: SteadyWallets): LoadFigures {
    const seconds = (performance.now() - this.#begunMs) / 1_000;
    const machine = machineTimes();
    const busyMs = machine.busyMs - this.#machine.busyMs;
    const allMs = busyMs + machine.idleMs - this.#machine.idleMs;
    const used = Object.entries(this.#read()).flatMap(([name, now]) => {
      const before = this.#cpu[name] ?? null;
      return now === null || before === null ? [] : [[name, (now - before) / seconds] as const];
    });
    return {
      begunPerSecond: payments / seconds,
      walletsLoopP99Ms: loopP99Ms,
      machineBusy: allMs === 0 ? 0 : busyMs / allMs,
      cores: Object.fromEntries(used),
    };
  }

  #read(): Record<string, number | null> {
    return Object.fromEntries(Object.entries(this.#pids).map(([name, pid]) => [name, cpuSeconds(pid)]));
  }
}
