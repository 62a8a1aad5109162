import type { EventOf, SessionEvent, SessionEventType } from "./session-event.ts";

type Listener = (event: SessionEvent) => void;

/** Hands each event to every listener and every open iteration. */
export class EventHub {
  readonly #listeners = new Set<Listener>();
  #hasEnded = false;

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
    if (event.type === "ended") this.#hasEnded = true;
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
  iterate(signal?: AbortSignal): AsyncGenerator<SessionEvent, void, undefined> {
    const queue: SessionEvent[] = [];
    let isOver = this.#hasEnded;
    let wake = (): void => undefined;
    const stopListening = this.listen((event) => {
      queue.push(event);
      if (event.type === "ended") leave();
      wake();
    });
    // Nothing comes after the end: an iterator that is never read must not leak through the session or the signal.
    const leave = (): void => {
      stopListening();
      signal?.removeEventListener("abort", stop);
    };
    const stop = (): void => {
      isOver = true;
      leave();
      wake();
    };
    if (isOver || signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop);
    const events = (async function* (): AsyncGenerator<SessionEvent, void, undefined> {
      try {
        while (!isOver && signal?.aborted !== true) {
          const event = queue.shift();
          if (event === undefined) {
            await new Promise<void>((resolve) => (wake = resolve));
            continue;
          }
          yield event;
          if (event.type === "ended") return;
        }
      } finally {
        stop();
      }
    })();
    // A generator that was never begun does not come to its `finally`.
    const end = events.return.bind(events);
    events.return = (value) => {
      stop();
      return end(value);
    };
    return events;
  }
}
