import { monitorEventLoopDelay } from "node:perf_hooks";
import { withBroker, withEdge } from "./bench-edge.ts";
import type { AttackName, Tally } from "./attacks.ts";
import type { EdgeFigures } from "./edge-probe.ts";
import { cpuMsOf, startServerProcess, type ServerProcess } from "./server-process.ts";
import { percentile } from "./statistics.ts";
import { SteadyLoad } from "./steady-load.ts";

export interface HostileOptions {
  /** How long well-behaved wallets are measured, before and under each attack, in each round. */
  readonly forMs: number;
  /** Quiet and attacked in turn, so often; the samples of all rounds are taken together. */
  readonly rounds: number;
  /** The attacks whose name holds this; "" takes all. */
  readonly only: string;
  /** Where V8 leaves a CPU profile of each attack's edge; null: nowhere. */
  readonly profileDir: string | null;
  readonly onProgress: (text: string) => void;
}

/** The steady wallets and the edge, quiet or under an attack. */
export interface Phase {
  /** From one wallet's send to the other's receipt. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** In the edge's process alone; the worst round. */
  readonly edge: EdgeFigures;
  /** How late the measuring process itself was, 99th percentile: what it adds to every wallet's figure. */
  readonly clientLoopP99Ms: number;
  /** Of one core. */
  readonly edgeCpuShare: number;
}

export interface HostileResult {
  readonly attack: AttackName;
  readonly size: number;
  /** What the attackers reached, a second. */
  readonly donePerSecond: number;
  readonly joinedPerSecond: number;
  readonly quiet: Phase;
  readonly attacked: Phase;
}

/** An address may have them all here: the limits themselves are tested elsewhere. Joins keep their rate. */
const settings = { P4_MAX_CONNECTIONS_PER_IP: "200000" };
const floods: readonly (readonly [AttackName, number])[] = [
  ["nothing, elsewhere", 10_000],
  ["invalid frames", 20],
  ["join burst", 10_000],
  ["join burst, 200 addresses", 10_000],
  ["slowloris", 1_000],
  ["slow readers", 20],
  ["crowd", 62],
];

/** Each attack on an edge of its own. */
export function hostileScenario(options: HostileOptions): Promise<HostileResult[]> {
  return withBroker(options.onProgress, async (natsUrl) => {
    const results: HostileResult[] = [];
    for (const [attack, size] of floods) {
      if (!attack.includes(options.only)) continue;
      options.onProgress(`${attack} (${String(size)})`);
      results.push(await attackEdge(natsUrl, attack, size, options));
    }
    return results;
  });
}

function attackEdge(
  natsUrl: string,
  attack: AttackName,
  size: number,
  { forMs, rounds, profileDir }: HostileOptions,
): Promise<HostileResult> {
  const execArgv = profileDir === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
  return withEdge(natsUrl, settings, execArgv, async (edge) => {
    const load = await SteadyLoad.join(edge.port);
    await load.measure(forMs / 2); // warm
    const attackedFor = async <T>(work: () => Promise<T>): Promise<readonly [T, Tally]> => {
      const attacker = await startServerProcess("./attack-process.js", [String(edge.port), attack, String(size)]);
      const result = await work();
      const tally = await attacker.ask<Tally>("tally");
      await attacker.stop();
      return [result, tally];
    };
    // An edge that has run for a while has compiled this code as well.
    await attackedFor(() => load.measure(forMs / 2));
    await load.measure(1_000);
    const [quiet, attacked] = [new Phases(edge, load), new Phases(edge, load)];
    const tally: Tally = { done: 0, joined: 0 };
    for (let round = 0; round < rounds; round++) {
      await quiet.measure(forMs);
      const [, { done, joined }] = await attackedFor(() => attacked.measure(forMs));
      tally.done += done;
      tally.joined += joined;
      await load.measure(1_000); // what the attack left behind is over
    }
    load.leave();
    const seconds = (rounds * forMs) / 1000;
    return {
      attack,
      size,
      donePerSecond: tally.done / seconds,
      joinedPerSecond: tally.joined / seconds,
      quiet: quiet.figures(),
      attacked: attacked.figures(),
    };
  });
}

/** The rounds of one kind. */
class Phases {
  readonly #edge: ServerProcess;
  readonly #load: SteadyLoad;
  readonly #samples: number[] = [];
  readonly #edgeFigures: EdgeFigures[] = [];
  readonly #clientLoop = monitorEventLoopDelay({ resolution: 1 });
  #cpuMs = 0;
  #elapsedMs = 0;

  constructor(edge: ServerProcess, load: SteadyLoad) {
    this.#edge = edge;
    this.#load = load;
  }

  async measure(forMs: number): Promise<void> {
    await this.#edge.ask<EdgeFigures>("reset");
    const [beganMs, cpuMs] = [performance.now(), cpuMsOf(this.#edge.pid)];
    this.#clientLoop.enable();
    for (const sample of await this.#load.measure(forMs)) this.#samples.push(sample);
    this.#clientLoop.disable();
    this.#edgeFigures.push(await this.#edge.ask<EdgeFigures>("figures"));
    this.#cpuMs += cpuMsOf(this.#edge.pid) - cpuMs;
    this.#elapsedMs += performance.now() - beganMs;
  }

  figures(): Phase {
    const samples = Float64Array.from(this.#samples);
    const worst = (figure: keyof EdgeFigures): number => Math.max(...this.#edgeFigures.map((row) => row[figure]));
    return {
      p50Ms: percentile(samples, 0.5),
      p99Ms: percentile(samples, 0.99),
      edge: { ownP99Ms: worst("ownP99Ms"), loopP99Ms: worst("loopP99Ms") },
      clientLoopP99Ms: this.#clientLoop.percentile(99) / 1e6,
      edgeCpuShare: this.#cpuMs / this.#elapsedMs,
    };
  }
}
