import { json } from "@p4/http";
import {
  attemptsOf,
  attemptViews,
  maxWebhooks,
  newWebhookSecret,
  outcomeOf,
  readTarget,
  rotateWebhook,
  webhookView,
  type DeliveryAttempt,
  type TargetPolicy,
  type Webhook,
  type WebhookRepository,
  type WebhookSender,
  type WebhookSource,
} from "@p4/webhooks";
import { PaydError } from "../errors.ts";
import { invoiceEventTypes, type InvoiceEventType } from "../invoice/invoice-event.ts";
import { eventIdOf, parseEventId } from "../webhook/event-body.ts";
import type { ScopedRoute } from "./invoice-routes.ts";
import { comparePlaces, pageOf, pageParameters, readPage, type Place } from "./page.ts";
import { invalidRequest, readJsonObject } from "./read-json.ts";
import { readQuery } from "./read-query.ts";

export interface WebhookRoutesOptions {
  readonly webhooks: WebhookRepository;
  readonly sender: WebhookSender;
  readonly source: WebhookSource;
  readonly policy: TargetPolicy;
  readonly newId: () => string;
  readonly now: () => number;
}

const scope = "webhooks:write";
const maxBodyBytes = 16_384;
const base = "/api/v1/webhooks";

/**
 * `POST /api/v1/webhooks` `{url, events?}` 201 with the secret; `GET` 200, without; `DELETE /:id` 204; `POST /:id/rotate` 200 with a
 * new secret beside the old one; `POST /:id/test` and `POST /:id/deliveries/:event/redeliver` 200 with what was answered;
 * `GET /:id/deliveries?invoiceId=&limit=&cursor=` 200, attempts with bodies and answers, the newest first.
 */
export function webhookRoutes(options: WebhookRoutesOptions): ScopedRoute[] {
  const { webhooks, sender, source, policy, newId, now } = options;
  const find = async (id: string): Promise<Webhook> => {
    const webhook = await webhooks.get(id);
    if (webhook === null) throw unknown(`webhook ${id.slice(0, 64)} does not exist`);
    return webhook;
  };
  const change = async (id: string, step: (webhook: Webhook) => Webhook): Promise<Webhook> => {
    await find(id);
    const changed = await webhooks.update(id, step);
    if (changed === null) throw unknown(`webhook ${id.slice(0, 64)} does not exist`);
    sender.use(changed);
    return changed;
  };
  return [
    {
      scope,
      method: "POST",
      path: base,
      maxBodyBytes,
      async handle({ body, query }) {
        readQuery(query, []);
        const { url, events } = readJsonObject(body, ["url", "events"], "a webhook");
        const wanted = { url: readUrl(url, policy), events: readEvents(events ?? invoiceEventTypes) };
        if ((await webhooks.list()).length >= maxWebhooks) {
          throw new PaydError("PAYD_WEBHOOK_LIMIT", `there are ${maxWebhooks} webhooks already`);
        }
        const secrets = [newWebhookSecret()];
        const webhook: Webhook = { version: 1, id: newId(), ...wanted, secrets, createdAtMs: now(), deletedAtMs: null };
        await webhooks.add(webhook);
        sender.use(webhook);
        return json(201, { ...webhookView(webhook), secret: secrets[0] }, { location: `${base}/${webhook.id}` });
      },
    },
    {
      scope,
      method: "GET",
      path: base,
      async handle({ query }) {
        readQuery(query, []);
        return json(200, (await webhooks.list()).map(webhookView));
      },
    },
    {
      scope,
      method: "DELETE",
      path: `${base}/:webhook`,
      async handle({ params, query }) {
        readQuery(query, []);
        await change(params["webhook"] ?? "", (webhook) => ({ ...webhook, deletedAtMs: now() }));
        return { status: 204 };
      },
    },
    {
      scope,
      method: "POST",
      path: `${base}/:webhook/rotate`,
      maxBodyBytes,
      async handle({ params, query }) {
        readQuery(query, []);
        const webhook = await change(params["webhook"] ?? "", (stored) => rotateWebhook(stored, newWebhookSecret()));
        return json(200, { ...webhookView(webhook), secret: webhook.secrets[0] });
      },
    },
    {
      scope,
      method: "POST",
      path: `${base}/:webhook/test`,
      maxBodyBytes,
      async handle({ params, query }) {
        readQuery(query, []);
        return json(200, outcomeOf(await sender.test(await find(params["webhook"] ?? ""))));
      },
    },
    {
      scope,
      method: "GET",
      path: `${base}/:webhook/deliveries`,
      async handle({ params, query, path }) {
        const { invoiceId, ...page } = readQuery(query, ["invoiceId", ...pageParameters]);
        const webhook = await find(params["webhook"] ?? "");
        if (invoiceId !== undefined && parseEventId(`${invoiceId}.1`) === null) {
          throw invalidRequest("invoiceId: must be 8 to 20 letters and digits");
        }
        const all = await attemptsOf(webhooks, webhook.id, invoiceId);
        all.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
        const { entries, headers } = pageOf(all, readPage(page), placeOf, { path, query });
        return json(200, await attemptViews(source, entries), headers);
      },
    },
    {
      scope,
      method: "POST",
      path: `${base}/:webhook/deliveries/:event/redeliver`,
      maxBodyBytes,
      async handle({ params, query }) {
        readQuery(query, []);
        const webhook = await find(params["webhook"] ?? "");
        const event = parseEventId(params["event"] ?? "");
        const attempt = event === null ? null : await sender.redeliver(webhook, event.invoiceId, event.sequence);
        if (attempt === null) throw unknown(`event ${(params["event"] ?? "").slice(0, 64)} does not exist`);
        return json(200, outcomeOf(attempt));
      },
    },
  ];
}

function placeOf({ delivery, attempt }: DeliveryAttempt): Place {
  return { atMs: attempt.atMs, id: `${eventIdOf(delivery.thread, attempt.sequence)}.${attempt.attempt}` };
}

function readUrl(value: unknown, policy: TargetPolicy): string {
  const target = readTarget(value, policy);
  if ("url" in target) return target.url;
  throw invalidRequest(`url: ${target.rule}`);
}

function readEvents(value: unknown): readonly InvoiceEventType[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const known = invoiceEventTypes.filter((type) => names.includes(type));
  if (known.length > 0 && known.length === names.length) return known;
  throw invalidRequest(`events: must be a list of some of ${invoiceEventTypes.join(", ")}, each once`);
}

function unknown(detail: string): PaydError {
  return new PaydError("PAYD_WEBHOOK_UNKNOWN", detail);
}
