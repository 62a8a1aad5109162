/** A message on its way. It keeps its messageId through every repetition, which makes the repetition harmless. */
export interface OutboxEntry {
  readonly messageId: string;
  readonly correlationId: string;
  readonly key: string;
  /** The frame as it is written to the socket. */
  readonly text: string;
  /** `queued`: to be written at the next chance; `sent`: written, not confirmed; `delayed`: refused, its timer runs. */
  readonly status: "queued" | "sent" | "delayed";
  /** How often the server has refused it. */
  readonly refusals: number;
}

export type NewEntry = Pick<OutboxEntry, "messageId" | "correlationId" | "key" | "text">;

/** In the order of sending. */
export type Outbox = readonly OutboxEntry[];

export function findEntry(outbox: Outbox, messageId: string): OutboxEntry | undefined {
  return outbox.find((entry) => entry.messageId === messageId);
}

export function withoutEntry(outbox: Outbox, messageId: string): Outbox {
  return outbox.filter((entry) => entry.messageId !== messageId);
}

export function replaceEntry(outbox: Outbox, changed: OutboxEntry): Outbox {
  return outbox.map((entry) => (entry.messageId === changed.messageId ? changed : entry));
}

/** After a loss it is unknown what arrived: everything is sent again. */
export function requeueAll(outbox: Outbox): Outbox {
  return outbox.map((entry) => (entry.status === "queued" ? entry : { ...entry, status: "queued" }));
}

/**
 * The entry that a refusal is about. An error's correlation id is that of the refused message or, when it had none,
 * its messageId. An answer shares its correlation id with the question, so the key must fit as well.
 */
export function refusedEntry(outbox: Outbox, correlationId: string, originKey: string): OutboxEntry | undefined {
  if (correlationId === "") return undefined;
  return (
    findEntry(outbox, correlationId) ??
    outbox.find((entry) => entry.correlationId === correlationId && entry.key === originKey && entry.status === "sent")
  );
}
