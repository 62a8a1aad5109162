import { LogError } from "./errors.ts";
import { faultyDataMember, isEventType, isRecord } from "./event-shape.ts";
import type { ChannelEvent, CopyClass, NewChannelEvent } from "./events.ts";
import { currentSchemaVersion, schemaVersionOf, upcast } from "./upcast.ts";

/** SHA-256 of the text's UTF-8 bytes, as lower-case hex. Injected: the core has no crypto of its own. */
export type Sha256Hex = (text: string) => string;

/** Completes a decided event with its place in the chain. Member order is fixed: these texts are hashed. */
export function sealEvent(
  event: NewChannelEvent,
  previousHash: string,
  copyClass: CopyClass | null = null,
): ChannelEvent {
  const { eventId, recordedAtMs, correlationId, causationId } = event.metadata;
  const schemaVersion = schemaVersionOf(event);
  const metadata = { eventId, schemaVersion, recordedAtMs, previousHash, correlationId, causationId };
  return {
    type: event.type,
    data: event.data,
    metadata: copyClass === null ? metadata : { ...metadata, copyClass },
  } as ChannelEvent;
}

/** The text that is stored. Its UTF-8 bytes are the event's canonical bytes. */
export function encodeEvent(event: ChannelEvent): string {
  return JSON.stringify(event);
}

/**
 * Reads a stored text, raising old versions to the current one.
 *
 * @throws LogError LOG_EVENT_CORRUPT or LOG_EVENT_TOO_NEW, with the place.
 */
export function decodeEvent(text: string, streamVersion: number): ChannelEvent {
  const parsed = parse(text, streamVersion);
  const { type, data, metadata } = parsed;
  if (!isEventType(type)) throw corrupt(streamVersion, "type is not an event's");
  if (!isRecord(data)) throw corrupt(streamVersion, "data is not an object");
  if (!isRecord(metadata)) throw corrupt(streamVersion, "metadata is not an object");
  checkSchemaVersion(metadata["schemaVersion"], type, streamVersion);
  for (const name of ["eventId", "previousHash", "correlationId", "causationId"]) {
    if (typeof metadata[name] !== "string") throw corrupt(streamVersion, `metadata.${name} is not text`);
  }
  if (!Number.isSafeInteger(metadata["recordedAtMs"])) throw corrupt(streamVersion, "metadata.recordedAtMs is no time");
  if (!isClass(metadata["copyClass"])) throw corrupt(streamVersion, "metadata.copyClass is not a class");
  const event = upcast(parsed as unknown as ChannelEvent);
  const faulty = faultyDataMember(event.type, event.data as unknown as Record<string, unknown>);
  if (faulty !== null) throw corrupt(streamVersion, `data.${faulty} of ${type}`);
  return event;
}

/** Builds before there were classes wrote none, and one that this build does not know changes no fold. */
const isClass = (value: unknown): boolean =>
  value === undefined || (typeof value === "string" && /^[a-z-]{1,32}$/.test(value));

function checkSchemaVersion(schemaVersion: unknown, type: string, streamVersion: number): void {
  if (!Number.isSafeInteger(schemaVersion) || (schemaVersion as number) < 1) {
    throw corrupt(streamVersion, "metadata.schemaVersion is not a version");
  }
  if ((schemaVersion as number) > currentSchemaVersion) {
    throw new LogError("LOG_EVENT_TOO_NEW", streamVersion, `version ${String(schemaVersion)} of ${type}`);
  }
}

function parse(text: string, streamVersion: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(streamVersion, "not JSON");
  }
  if (!isRecord(value)) throw corrupt(streamVersion, "not an object");
  return value;
}

function corrupt(streamVersion: number, detail: string): LogError {
  return new LogError("LOG_EVENT_CORRUPT", streamVersion, detail);
}
