import { join, merchant, metadata, wallet } from "@p4/channel/testing";
import type { ChannelCommand } from "@p4/channel";
import { openChannelNode, type ChannelNode } from "@p4/app";
import { withNatsServer, type TestNatsServer } from "@p4/testkit";
import { afterAll, beforeAll } from "vitest";

export const shards = 2;
const day = 86_400_000;

export interface RecordedLog {
  readonly nats: TestNatsServer;
  readonly node: ChannelNode;
  /** For the command under test. */
  readonly env: Record<string, string>;
  /** Opens a channel that is due in an hour, and submits the commands to it. */
  record(channelId: string, ...commands: readonly ChannelCommand[]): Promise<void>;
  /** Appends a text, or bytes, as it is, on top of what is there. */
  appendRaw(channelId: string, content: string | Uint8Array): Promise<number>;
}

/** A real broker with a log of its own, for one test file. */
export function withRecordedLog(): RecordedLog {
  const nats = withNatsServer();
  let node: ChannelNode | undefined;
  const opened = (): ChannelNode => {
    if (node === undefined) throw new Error("the node runs from beforeAll on");
    return node;
  };
  beforeAll(async () => {
    const options = { natsUrl: nats.url, name: "test", region: "local", shards, replicas: 1, retentionMs: 90 * day };
    node = await openChannelNode(options);
  });
  afterAll(() => node?.close());
  return {
    nats,
    get node() {
      return opened();
    },
    get env() {
      return { P4_NATS_URL: nats.url, P4_SHARDS: String(shards) };
    },
    async record(channelId, ...commands) {
      const nowMs = Date.now();
      const opening = join(merchant, { channelId, metadata: metadata(nowMs), expiresAtMs: nowMs + 3_600_000 });
      for (const command of [opening, ...commands]) {
        const result = await opened().registry.submit(channelId, command);
        if (result.outcome !== "stored") throw new Error(`${command.type}: ${JSON.stringify(result)}`);
      }
    },
    async appendRaw(channelId, content) {
      const { log } = opened();
      const version = (await log.streamVersions([channelId])).get(channelId) ?? 0;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const eventId = `raw-${Math.random()}`;
      const result = await log.appendToStream({ channelId, eventId, bytes, expectedStreamVersion: version });
      return result.nextExpectedStreamVersion;
    },
  };
}

/** A wallet's message at this moment. */
export function said(...[type, overrides]: Parameters<typeof wallet>): ChannelCommand {
  return wallet(type, { nowMs: Date.now(), ...overrides });
}
