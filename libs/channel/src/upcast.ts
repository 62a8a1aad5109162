import type { ChannelEvent } from "./events.ts";

export const currentSchemaVersion = 1;

/** Raises an event of an older schema version, one version at a time. Version 1 is the first. */
const upcasters: ReadonlyMap<number, (event: ChannelEvent) => ChannelEvent> = new Map();

export function upcast(event: ChannelEvent): ChannelEvent {
  let current = event;
  for (let version = event.metadata.schemaVersion; version < currentSchemaVersion; version++) {
    const raise = upcasters.get(version);
    if (raise !== undefined) current = raise(current);
  }
  return current;
}
