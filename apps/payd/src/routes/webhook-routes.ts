import { isIP } from "node:net";
import { json } from "@p4/http";
import { PaydError } from "../errors.ts";
import { invoiceEventTypes, type InvoiceEventType } from "../invoice/invoice-event.ts";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { eventBody, eventIdOf, parseEventId } from "../webhook/event-body.ts";
import type { TargetPolicy } from "../webhook/target-policy.ts";
import {
  isDelivered,
  newWebhookSecret,
  rotateWebhook,
  type Attempt,
  type Delivery,
  type Webhook,
} from "../webhook/webhook.ts";
import type { WebhookRepository } from "../webhook/webhook-repository.ts";
import type { WebhookSender } from "../webhook/webhook-sender.ts";
import type { ScopedRoute } from "./invoice-routes.ts";
import { comparePlaces, pageOf, pageParameters, readPage, type Place } from "./page.ts";
import { invalidRequest, readJsonObject } from "./read-json.ts";
import { readQuery } from "./read-query.ts";

export interface WebhookRoutesOptions {
  readonly webhooks: WebhookRepository;
  readonly sender: WebhookSender;
  readonly invoices: InvoiceRepository;
  readonly policy: TargetPolicy;
  readonly newId: () => string;
  readonly now: () => number;
}

const maxWebhooks = 16;
const maxUrlLength = 2_048;
const scope = "webhooks:write";
const maxBodyBytes = 16_384;
const base = "/api/v1/webhooks";

/**
 * `POST /api/v1/webhooks` `{url, events?}` 201 with the secret; `GET` 200, without; `DELETE /:id` 204; `POST /:id/rotate` 200 with a
 * new secret beside the old one; `POST /:id/test` and `POST /:id/deliveries/:event/redeliver` 200 with what was answered;
 * `GET /:id/deliveries?invoiceId=&limit=&cursor=` 200, attempts with bodies and answers, the newest first.
 */
export function webhookRoutes(options: WebhookRoutesOptions): ScopedRoute[] {
  const { webhooks, sender, invoices, policy, newId, now } = options;
  const find = async (id: string): Promise<Webhook> => {
    const webhook = isWebhookId(id) ? await webhooks.get(id) : null;
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
        return json(201, { ...viewOf(webhook), secret: secrets[0] }, { location: `${base}/${webhook.id}` });
      },
    },
    {
      scope,
      method: "GET",
      path: base,
      async handle({ query }) {
        readQuery(query, []);
        return json(200, (await webhooks.list()).map(viewOf));
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
        return json(200, { ...viewOf(webhook), secret: webhook.secrets[0] });
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
        const all = await attemptsOf(webhook, options, invoiceId);
        const { entries, headers } = pageOf(all, readPage(page), placeOf, { path, query });
        const known = new Map<string, Invoice | null>();
        const shown = [];
        for (const { delivery, attempt } of entries) {
          if (!known.has(delivery.invoiceId)) known.set(delivery.invoiceId, await invoices.get(delivery.invoiceId));
          shown.push(attemptView(delivery, attempt, known.get(delivery.invoiceId) ?? null));
        }
        return json(200, shown, headers);
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
        const invoice = event === null ? null : await invoices.get(event.invoiceId);
        const attempt =
          invoice === null || event === null ? null : await sender.redeliver(webhook, invoice, event.sequence);
        if (attempt === null) throw unknown(`event ${(params["event"] ?? "").slice(0, 64)} does not exist`);
        return json(200, outcomeOf(attempt));
      },
    },
  ];
}

interface AttemptOfDelivery {
  readonly delivery: Delivery;
  readonly attempt: Attempt;
}

async function attemptsOf(
  { id }: Webhook,
  { webhooks }: WebhookRoutesOptions,
  invoiceId: string | undefined,
): Promise<readonly AttemptOfDelivery[]> {
  const found = new Map<string, Delivery>();
  if (invoiceId !== undefined) {
    if (parseEventId(`${invoiceId}.1`) === null) throw invalidRequest("invoiceId: must be 8 to 20 letters and digits");
    found.set(invoiceId, await webhooks.delivery(id, invoiceId));
  } else {
    for await (const delivery of webhooks.deliveries(id)) found.set(delivery.invoiceId, delivery);
  }
  return [...found.values()]
    .flatMap((delivery) => delivery.attempts.map((attempt) => ({ delivery, attempt })))
    .sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
}

function placeOf({ delivery, attempt }: AttemptOfDelivery): Place {
  return { atMs: attempt.atMs, id: `${eventIdOf(delivery.invoiceId, attempt.sequence)}.${attempt.attempt}` };
}

function viewOf({ id, url, events, createdAtMs }: Webhook): object {
  return { id, url, events, createdAt: new Date(createdAtMs).toISOString() };
}

function outcomeOf(attempt: Attempt): object {
  const { status, answer, error, tookMs } = attempt;
  return { delivered: isDelivered(attempt), status, answer, error, tookMs };
}

function attemptView(
  { invoiceId, done, failures, nextAttemptAtMs }: Delivery,
  attempt: Attempt,
  invoice: Invoice | null,
) {
  const event = invoice?.events.find(({ sequence }) => sequence === attempt.sequence);
  const isWaiting = attempt.sequence > done && attempt.attempt === failures;
  return {
    event: eventIdOf(invoiceId, attempt.sequence),
    type: event?.type ?? null,
    // 0: an operator has asked for it.
    attempt: attempt.attempt,
    at: new Date(attempt.atMs).toISOString(),
    ...outcomeOf(attempt),
    nextAttemptAt: isWaiting ? new Date(nextAttemptAtMs).toISOString() : null,
    body: invoice === null || event === undefined ? null : eventBody(invoice, event),
  };
}

function readUrl(value: unknown, policy: TargetPolicy): string {
  const rule = `url: must be an http:// or https:// URL of at most ${maxUrlLength} characters, without a login and a fragment`;
  if (typeof value !== "string" || value.length > maxUrlLength || !URL.canParse(value)) throw invalidRequest(rule);
  const { protocol, username, password, hash, hostname, href } = new URL(value);
  const isPlain = username === "" && password === "" && hash === "";
  if (!["http:", "https:"].includes(protocol) || !isPlain) throw invalidRequest(rule);
  const address = hostname.replace(/^\[|\]$/g, "");
  // A name is looked up at each delivery.
  if (isIP(address) !== 0 && !policy.allows(address)) {
    throw invalidRequest("url: must lead to a public address, or to one that payd/webhook-allow has");
  }
  return href;
}

function readEvents(value: unknown): readonly InvoiceEventType[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const known = invoiceEventTypes.filter((type) => names.includes(type));
  if (known.length > 0 && known.length === names.length) return known;
  throw invalidRequest(`events: must be a list of some of ${invoiceEventTypes.join(", ")}, each once`);
}

function isWebhookId(id: string): boolean {
  return /^[A-Za-z0-9]{8,20}$/.test(id);
}

function unknown(detail: string): PaydError {
  return new PaydError("PAYD_WEBHOOK_UNKNOWN", detail);
}
