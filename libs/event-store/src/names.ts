import { StoreError } from "./errors.ts";

const channelIdRule = /^[A-Za-z0-9_-]{1,64}$/;
const eventIdRule = /^[\x21-\x7e]{1,200}$/;
const traceparentRule = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const storeKeyRule = /^[A-Za-z0-9_=-]+(\.[A-Za-z0-9_=-]+)*$/;

/** A channel id becomes one token of a subject: a dot, a star or a space would address something else. */
export function assertChannelId(channelId: string): void {
  if (channelIdRule.test(channelId)) return;
  throw new StoreError(
    "STORE_INVALID_NAME",
    `channelId ${JSON.stringify(channelId.slice(0, 80))}: [A-Za-z0-9_-]{1,64}`,
  );
}

/** An event id travels in a header: visible ASCII only. */
export function assertEventId(eventId: string): void {
  if (eventIdRule.test(eventId)) return;
  throw new StoreError("STORE_INVALID_NAME", `eventId ${JSON.stringify(eventId.slice(0, 80))}: 1 to 200 visible ASCII`);
}

/** A trace context travels in a header too. */
export function assertTraceparent(traceparent: string): void {
  if (traceparentRule.test(traceparent)) return;
  throw new StoreError("STORE_INVALID_NAME", "traceparent: 00-<32 hex digits>-<16 hex digits>-<2 hex digits>");
}

/** Keys of documents and blobs: dots separate tokens, and no token is empty. */
export function assertStoreKey(key: string): void {
  if (key.length <= 200 && storeKeyRule.test(key)) return;
  throw new StoreError("STORE_INVALID_NAME", `key ${JSON.stringify(key.slice(0, 80))}: [A-Za-z0-9_=.-]{1,200}`);
}
