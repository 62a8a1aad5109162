import type { PubAck } from "./pub-ack.ts";
import type { StreamSettings } from "./stream-settings.ts";

/** Never run: what JetStream would refuse or pass over must not compile. An expected error that does not come is an error. */
export const refusedByTheCompiler = (): readonly unknown[] => [
  // @ts-expect-error: misspelt
  { name: "a", deny_delte: true } satisfies StreamSettings,
  // @ts-expect-error: no such policy
  { name: "a", retention: "limit" } satisfies StreamSettings,
  // @ts-expect-error: times are numbers of nanoseconds
  { name: "a", max_age: "1h" } satisfies StreamSettings,
  // @ts-expect-error: a stream has a name
  { deny_delete: true } satisfies StreamSettings,
  // @ts-expect-error: misspelt
  { seq: 1, duplicated: true } satisfies PubAck,
];
