import type { ConnectionPlace } from "@p4/channel";
import type { Presence } from "../views/views.ts";

export interface PresenceOptions {
  /** Asks the node that the connection is on. */
  readonly isAlive: (nodeId: string, connectionId: string) => Promise<boolean>;
  readonly nowMs: () => number;
}

const freshMs = 3_000;
const maxKept = 10_000;
/** A node that is slow shall not hold up a list. */
const waitMs = 150;

/** Who is there now, as the nodes say; asked once for what several pages want to know. */
export class PresenceCache {
  readonly #options: PresenceOptions;
  readonly #known = new Map<string, { readonly is: Presence["is"]; readonly untilMs: number }>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  async of(place: ConnectionPlace | null): Promise<Presence | null> {
    if (place === null) return null;
    const key = `${place.nodeId}/${place.connectionId}`;
    const known = this.#known.get(key);
    if (known === undefined || known.untilMs <= this.#options.nowMs()) {
      await Promise.race([this.#ask(key, place), new Promise((resolve) => setTimeout(resolve, waitMs).unref())]);
    }
    return { nodeId: place.nodeId, is: this.#known.get(key)?.is ?? "unknown" };
  }

  #ask(key: string, { nodeId, connectionId }: ConnectionPlace): Promise<void> {
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    const asking = this.#options
      .isAlive(nodeId, connectionId)
      .then(
        (isAlive): Presence["is"] => (isAlive ? "here" : "gone"),
        (): Presence["is"] => "unknown",
      )
      .then((is) => {
        if (this.#known.size >= maxKept) this.#known.clear();
        this.#known.set(key, { is, untilMs: this.#options.nowMs() + freshMs });
        this.#asked.delete(key);
      });
    this.#asked.set(key, asking);
    return asking;
  }
}
