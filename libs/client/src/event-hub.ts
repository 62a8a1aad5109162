import type { EventOf, SessionEvent, SessionEventType } from "./session-event.ts";

type Listener = (event: SessionEvent) => void;

/** Hands each event to every listener and every open iteration. */
export class EventHub {
  readonly #listeners = new Set<Listener>();

  on<Type extends SessionEventType>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    return this.listen((event) => {
      if (event.type === type) listener(event as EventOf<Type>);
    });
  }

  /** Returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One faulty listener must not keep the event from the others: its error is reported as an uncaught one. */
  emit(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Events from this call on, up to and with `ended`. What is not read yet is kept. */
  async *iterate(signal?: AbortSignal): AsyncGenerator<SessionEvent, void, undefined> {
    const queue: SessionEvent[] = [];
    let wake = (): void => undefined;
    const stopListening = this.listen((event) => {
      queue.push(event);
      wake();
    });
    const onAbort = (): void => wake();
    signal?.addEventListener("abort", onAbort);
    try {
      while (signal?.aborted !== true) {
        const event = queue.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        yield event;
        if (event.type === "ended") return;
      }
    } finally {
      stopListening();
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
