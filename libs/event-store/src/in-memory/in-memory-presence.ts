import type { Presence } from "../presence.ts";

export type IsAlive = (connectionId: string) => boolean;

/** Nodes of one process that know of each other. */
export interface PresenceDirectory {
  join(nodeId: string, isAlive: IsAlive): Presence;
}

export function createInMemoryPresence(): PresenceDirectory {
  const nodes = new Map<string, IsAlive>();
  return {
    join(nodeId, isAlive) {
      nodes.set(nodeId, isAlive);
      return {
        async probe(askedNodeId, connectionId) {
          await Promise.resolve();
          return nodes.get(askedNodeId)?.(connectionId) ?? false;
        },
        async close() {
          await Promise.resolve();
          nodes.delete(nodeId);
        },
      };
    },
  };
}
