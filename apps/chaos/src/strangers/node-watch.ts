import { metric } from "@p4/testkit/leak-counters";
import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "../system/process-usage.ts";

const everyMs = 500;
const answerWithinMs = 5_000;

/** Looks at an edge again and again: what it holds, and whether it answers. */
export class NodeWatch {
  /** The most that was seen. */
  residentBytes = 0;
  heldBytes = 0;
  /** Looks at `GET /readyz`, and those that were not answered 200. */
  looks = 0;
  unready = 0;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;

  constructor(httpUrl: string, pid: number) {
    this.#running = this.#run(httpUrl, pid);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(httpUrl: string, pid: number): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      this.residentBytes = Math.max(this.residentBytes, residentBytes(pid) ?? 0);
      const page = await textOf(`${httpUrl}/metrics`);
      this.heldBytes = Math.max(this.heldBytes, metric(page ?? "", "p4_edge_held_bytes") ?? 0);
      this.looks++;
      if ((await textOf(`${httpUrl}/readyz`)) === null) this.unready++;
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Null: no answer in time, or another than 200. */
async function textOf(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    const text = await answer.text();
    return answer.ok ? text : null;
  } catch {
    return null;
  }
}
