import { startBroker, type Broker } from "../bench-edge.ts";
import { BareClient } from "./bare-client.ts";
import { createBoundStreams } from "./broker-bound.ts";
import { startRelay, startSystem, type Subject } from "./subjects.ts";
import { warmUp } from "./warm-up.ts";

export interface Build {
  readonly name: string;
  readonly root: string;
}

/** A broker with nothing before it, and a bare client at it. */
export interface BareBroker extends Broker {
  readonly client: BareClient;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** What the scenarios are played on: servers, started when first asked for. Some stay for all scenarios, some for one. */
export class Stage {
  readonly builds: readonly [Build, ...Build[]];
  /** The sizes of a server in the field, not those of a short run. */
  readonly full: boolean;
  readonly onProgress: (text: string) => void;
  readonly #kept: Stoppable[] = [];
  readonly #passing: Stoppable[] = [];
  #skipped: { subject: string; reason: string }[] = [];
  #systems: Promise<Subject[]> | undefined;
  #relay: Promise<Subject> | undefined;
  #bareBroker: Promise<BareBroker> | undefined;

  constructor(builds: readonly [Build, ...Build[]], full: boolean, onProgress: (text: string) => void) {
    this.builds = builds;
    this.full = full;
    this.onProgress = onProgress;
  }

  /** An edge and a broker of each build. */
  systems(): Promise<Subject[]> {
    return (this.#systems ??= (async () => {
      const systems: Subject[] = [];
      for (const { name, root } of this.builds) {
        const system = keep(this.#kept, await startSystem(name, root, this.onProgress));
        await warmUp(system, this.onProgress);
        systems.push(system);
      }
      return systems;
    })());
  }

  relay(): Promise<Subject> {
    return (this.#relay ??= (async () => {
      const relay = keep(this.#kept, await startRelay());
      await warmUp(relay, this.onProgress);
      return relay;
    })());
  }

  bareBroker(): Promise<BareBroker> {
    return (this.#bareBroker ??= this.#startBareBroker(this.#kept));
  }

  /** For this scenario alone. */
  newBareBroker(): Promise<BareBroker> {
    return this.#startBareBroker(this.#passing);
  }

  /** Stopped when the scenario is over. */
  pass<T extends Stoppable>(started: T): T {
    return keep(this.#passing, started);
  }

  /** Of what does not start here: the scenario goes on without it. */
  leaveOut(subject: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.onProgress(`skipped: ${subject}: ${reason}`);
    this.#skipped.push({ subject, reason });
  }

  takeSkipped(): { subject: string; reason: string }[] {
    const skipped = this.#skipped;
    this.#skipped = [];
    return skipped;
  }

  /** After a scenario. */
  async clear(): Promise<void> {
    for (const each of this.#passing.splice(0).reverse()) await each.stop();
  }

  async stop(): Promise<void> {
    await this.clear();
    for (const each of this.#kept.splice(0).reverse()) await each.stop();
  }

  async #startBareBroker(list: Stoppable[]): Promise<BareBroker> {
    const broker = keep(list, await startBroker(this.onProgress));
    const client = await BareClient.connect(broker.url);
    keep(list, { stop: () => Promise.resolve(client.close()) });
    await createBoundStreams(client);
    return { ...broker, client };
  }
}

function keep<T extends Stoppable>(list: Stoppable[], started: T): T {
  list.push(started);
  return started;
}
