import type { Subscription } from "@nats-io/transport-node";
import type { Presence } from "@p4/event-store";
import { assertChannelId } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { createNames, presenceSubject } from "./subjects.ts";

export interface PresenceOptions {
  readonly region: string;
  /** Unique among the nodes of the region; `[A-Za-z0-9_-]{1,64}`. */
  readonly nodeId: string;
  /** Whether a connection of this node lives; null: it has none, and answers no questions about them. */
  readonly isAlive: ((connectionId: string) => boolean) | null;
}

const answerWithinMs = 500;
const alive = "1";
const gone = "0";

class NoResponders extends Error {}

/** Answers for this node's connections, where it has some, and asks other nodes for theirs. */
export function createPresence(broker: Broker, options: PresenceOptions): Presence {
  const { region } = createNames(options.region, 1);
  assertChannelId(options.nodeId);
  const { isAlive } = options;
  const subscription =
    isAlive === null ? null : answerQuestions(broker, presenceSubject(region, options.nodeId), isAlive);
  return {
    async probe(nodeId, connectionId) {
      if (nodeId === options.nodeId) return isAlive?.(connectionId) ?? false;
      assertChannelId(nodeId);
      const subject = presenceSubject(region, nodeId);
      try {
        const answer = await broker.request(subject, connectionId, {
          timeoutMs: answerWithinMs,
          onNoResponders: () => new NoResponders(subject),
        });
        return answer.string() === alive;
      } catch (error) {
        // Only a sure answer takes a role away; a slow node or a lost connection is none.
        return !(error instanceof NoResponders);
      }
    },
    async close() {
      subscription?.unsubscribe();
      if (broker.ready()) await broker.flush();
    },
  };
}

function answerQuestions(broker: Broker, subject: string, isAlive: (connectionId: string) => boolean): Subscription {
  return broker.nc.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return;
      // The client's reader would die of an exception, and with it the connection.
      try {
        message.respond(isAlive(message.string()) ? alive : gone);
      } catch (cause) {
        broker.report(cause as Error);
      }
    },
  });
}
