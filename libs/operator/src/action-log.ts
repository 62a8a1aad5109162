import { decodeDocument, encodeDocument, type DocumentStore } from "@p4/event-store";
import { createDocumentStore } from "@p4/nats";
import { randomId } from "@p4/node-crypto";
import type { Operator } from "./operator.ts";

/** What an operator did to a channel. Kept beside the log, where not every action leaves an event. */
export interface NotedAction {
  readonly channelId: string;
  readonly action: "extend" | "close" | "requeue" | "hold";
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
  /** What it came to, in words. */
  readonly outcome: string;
}

export class ActionLog {
  readonly #records: DocumentStore;

  constructor(records: DocumentStore) {
    this.#records = records;
  }

  async note(action: NotedAction): Promise<void> {
    const key = `action.${action.channelId}.${String(action.atMs)}-${randomId(6)}`;
    await this.#records.set(key, encodeDocument(action));
  }

  /** In the order of their noting. */
  async of(channelId: string): Promise<readonly NotedAction[]> {
    const found: NotedAction[] = [];
    for await (const document of this.#records.entries(`action.${channelId}.`)) found.push(decodeDocument(document));
    return found;
  }
}

export function openActionLog({ node, config }: Pick<Operator, "node" | "config">): ActionLog {
  return new ActionLog(createDocumentStore(node.broker, { region: config.region, name: "records" }));
}
