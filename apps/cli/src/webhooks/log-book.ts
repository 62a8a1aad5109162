import { randomBytes } from "node:crypto";
import { addChannelWebhook, channelEvents, channelEventTypes, channelWebhooks } from "@p4/app";
import {
  attemptsOf,
  attemptViews,
  maxWebhooks,
  newWebhookSecret,
  outcomeOf,
  readTarget,
  rotateWebhook,
  TargetPolicy,
  WebhookSender,
  webhookView,
  type Webhook,
} from "@p4/webhooks";
import { CliError } from "../cli-error.ts";
import type { Operator } from "../operator/with-node.ts";
import type { VerbContext } from "../verb.ts";
import type { NewWebhook, WebhookBook } from "./webhook-book.ts";

/** Those of the log, in their buckets on the broker. A test, and what is sent once more, goes out from this machine. */
export function logBook(context: VerbContext, { node, config }: Operator): WebhookBook {
  const { signal } = context;
  const { webhooks } = channelWebhooks(node.broker, config.region);
  const source = channelEvents(node.log);
  const policy = new TargetPolicy(config.webhookAllow ?? []);
  const logger = { warn: () => context.progress("the broker is away") };
  const sender = new WebhookSender({ source, webhooks, policy, logger, now: Date.now, userAgent: "p4-log", signal });
  const find = async (id: string): Promise<Webhook> => known(await webhooks.get(id), id);
  const change = async (id: string, step: (webhook: Webhook) => Webhook): Promise<Webhook> => {
    await find(id);
    return known(await webhooks.update(id, step), id);
  };
  return {
    list: async () => (await webhooks.list()).map(webhookView),
    async deliveries(id, { channelId, limit }) {
      const attempts = await attemptsOf(webhooks, id, channelId);
      attempts.sort((a, b) => b.attempt.atMs - a.attempt.atMs || b.attempt.sequence - a.attempt.sequence);
      return attemptViews(source, attempts.slice(0, limit));
    },
    async add(url, events = channelEventTypes) {
      const unknown = events.find((type) => !channelEventTypes.includes(type));
      if (unknown !== undefined)
        throw misuse(`--events ${unknown}: it must be some of ${channelEventTypes.join(", ")}`);
      const target = readTarget(url, policy);
      if ("rule" in target) throw misuse(`url: ${target.rule}`);
      if ((await webhooks.list()).length >= maxWebhooks) throw failed(`there are ${maxWebhooks} webhooks already`);
      const made = { version: 1, id: randomBytes(8).toString("hex"), secrets: [newWebhookSecret()] } as const;
      const webhook: Webhook = { ...made, url: target.url, events, createdAtMs: Date.now(), deletedAtMs: null };
      await addChannelWebhook(node.broker, config, webhook);
      return withSecret(webhook);
    },
    rotate: async (id) => withSecret(await change(id, (webhook) => rotateWebhook(webhook, newWebhookSecret()))),
    remove: async (id) => void (await change(id, (webhook) => ({ ...webhook, deletedAtMs: Date.now() }))),
    async redeliver(id, event) {
      const [channelId = "", sequence = ""] = event.split(".");
      const attempt = await sender.redeliver(await find(id), channelId, Number(sequence));
      if (attempt === null) throw failed(`event ${event} does not exist`);
      return outcomeOf(attempt);
    },
    test: async (id) => outcomeOf(await sender.test(await find(id))),
  };
}

function withSecret(webhook: Webhook): NewWebhook {
  return { ...webhookView(webhook), secret: webhook.secrets[0] ?? "" };
}

function known(webhook: Webhook | null, id: string): Webhook {
  if (webhook === null) throw failed(`webhook ${id} does not exist`);
  return webhook;
}

function misuse(message: string): CliError {
  return new CliError("misuse", message, "p4 webhook add --help has examples.");
}

function failed(message: string): CliError {
  return new CliError("failed", message, "p4 webhook list --log shows them.", "WEBHOOK");
}
