import { askPayd, type PaydOptions, type PaydRequest } from "../operator/payd-client.ts";
import type { VerbContext } from "../verb.ts";
import type { WebhookBook } from "./webhook-book.ts";

const base = "/api/v1/webhooks";

/** Those of the merchant's wallet, asked over HTTP. */
export function paydBook(context: VerbContext, options: PaydOptions): WebhookBook {
  const ask = <Answer>(request: PaydRequest): Promise<Answer> => askPayd<Answer>(context, options, request);
  return {
    list: () => ask({ path: base }),
    deliveries(id, { channelId, limit }) {
      const invoice = channelId === undefined ? "" : `&invoiceId=${channelId}`;
      return ask({ path: `${base}/${id}/deliveries?limit=${limit}${invoice}` });
    },
    add: (url, events) => ask({ method: "POST", path: base, body: { url, ...(events !== undefined && { events }) } }),
    rotate: (id) => ask({ method: "POST", path: `${base}/${id}/rotate` }),
    remove: (id) => ask({ method: "DELETE", path: `${base}/${id}` }),
    redeliver: (id, event) => ask({ method: "POST", path: `${base}/${id}/deliveries/${event}/redeliver` }),
    test: (id) => ask({ method: "POST", path: `${base}/${id}/test` }),
  };
}
