/** Something that webhooks tell of. */
export interface WebhookEvent {
  /** Its place in its thread; grows, maybe with gaps. */
  readonly sequence: number;
  readonly type: string;
  readonly atMs: number;
  /** JSON; the same bytes each time that the event is read. */
  readonly body: string;
}

/** Where the events are. A thread is what they stay in order for: an invoice, a channel. */
export interface WebhookSource {
  /** Those of a thread that come after this sequence, in order; none for a thread that is not there. Rejects with a StoreError. */
  events(thread: string, afterSequence: number): AsyncIterable<WebhookEvent>;
}

/** Null: the thread has no such event (any more). */
export async function findEvent(source: WebhookSource, thread: string, sequence: number): Promise<WebhookEvent | null> {
  for await (const event of source.events(thread, sequence - 1)) return event.sequence === sequence ? event : null;
  return null;
}
