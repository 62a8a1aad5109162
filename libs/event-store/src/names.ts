import { StoreError } from "./errors.ts";

const channelIdRule = /^[A-Za-z0-9_-]{1,64}$/;
const eventIdRule = /^[\x21-\x7e]{1,200}$/;
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

/** Keys of documents and blobs: dots separate tokens, and no token is empty. */
export function assertStoreKey(key: string): void {
  if (key.length <= 200 && storeKeyRule.test(key)) return;
  throw new StoreError("STORE_INVALID_NAME", `key ${JSON.stringify(key.slice(0, 80))}: [A-Za-z0-9_=.-]{1,200}`);
}
