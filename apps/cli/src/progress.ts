import { countText, durationText } from "./human.ts";
import type { VerbContext } from "./verb.ts";

const quietMs = 2_000;

/** Tells on stderr how a long task goes, every two seconds. A task of less than that says nothing. */
export class Progress {
  readonly #context: Pick<VerbContext, "progress">;
  readonly #what: string;
  readonly #total: number | null;
  readonly #startedMs = performance.now();
  #lastMs = performance.now();
  #done = 0;

  /** `what`: the things that are counted, `channels`. */
  constructor(context: Pick<VerbContext, "progress">, what: string, total: number | null = null) {
    this.#context = context;
    this.#what = what;
    this.#total = total;
  }

  get done(): number {
    return this.#done;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** The mean rate since the start. */
  get perSecond(): number {
    return (this.#done * 1_000) / Math.max(1, this.elapsedMs);
  }

  add(count = 1): void {
    this.#done += count;
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < quietMs) return;
    this.#lastMs = nowMs;
    this.#context.progress(`  ${this.#text()}`);
  }

  #text(): string {
    const rate = `${countText(Math.round(this.perSecond))}/s`;
    if (this.#total === null) return `${countText(this.#done)} ${this.#what}, ${rate}`;
    const leftMs = ((this.#total - this.#done) * 1_000) / Math.max(1, this.perSecond);
    return `${countText(this.#done)} of ${countText(this.#total)} ${this.#what}, ${rate}, ${durationText(Math.max(0, leftMs))} left`;
  }
}
