import { expirySweepMs, type Config } from "@p4/config";
import { homeLeft, logMoney, openChannelNode, placementOf, reportsTo, type RunningApp } from "@p4/app";
import { followIndex } from "@p4/read-models";
import { closeInOrder, type Logger } from "@p4/telemetry";
import { TargetPolicy } from "@p4/webhooks";
import { expireElapsed } from "./expire-elapsed.ts";
import { startSweeping } from "./start-sweeping.ts";
import { tellWebhooks } from "./tell-webhooks.ts";

export interface ExpiryOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly natsUrl: string;
  /** For tests. */
  readonly sweepEveryMs?: number;
  readonly webhooksEveryMs?: number;
}

/**
 * Starts a worker that turns elapsed deadlines into `channel.expired`, looks for those that no timer tells of, keeps the
 * operators' index of channels up to date, and tells webhooks of what is stored. Any number of them share the work.
 */
export async function startExpiry({
  config,
  logger,
  natsUrl,
  sweepEveryMs = expirySweepMs,
  webhooksEveryMs,
}: ExpiryOptions): Promise<RunningApp> {
  const node = await openChannelNode({
    natsUrl,
    name: "p4-expiry",
    ...placementOf(config),
    ...reportsTo(logger),
    onStored: logMoney(logger),
  });
  const expire = expireElapsed(node.registry, Date.now);
  const watch = await node.deadlines
    .watchElapsed(async (channelId) => {
      try {
        return await expire(channelId);
      } catch (error) {
        logger.warn({ channelId, error }, "not expired yet: the deadline will be seen again");
        throw error;
      }
    })
    .catch(async (error: unknown) => {
      await node.close();
      throw error;
    });
  const indexing = followIndex(node.index, {
    onError: (error) => logger.warn({ error }, "the index of channels stays behind for now"),
  });
  const sweeping = startSweeping(node, { everyMs: sweepEveryMs, logger });
  const policy = new TargetPolicy(config.webhookAllow ?? []);
  const telling = tellWebhooks(node, { place: config, policy, logger, everyMs: webhooksEveryMs });
  return {
    homeLeft: homeLeft(node.home),
    async close() {
      watch.unsubscribe();
      await closeInOrder(
        () => Promise.allSettled([indexing.close(), sweeping.close(), telling.close(), watch.stopped]),
        () => node.close(),
      );
    },
  };
}
