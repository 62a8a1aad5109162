import type { ApiKeyScope } from "@p4/app";
import { json, type HttpRoute } from "@p4/http";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceService, InvoiceOrder } from "../merchant/invoice-service.ts";
import { idOfRequest, type IdempotencyOptions } from "./idempotent.ts";
import { readInvoiceFilter } from "./invoice-filter.ts";
import { readInvoiceOrder } from "./invoice-order.ts";
import { comparePlaces, pageOf, type Place } from "./page.ts";
import { invalidRequest } from "./read-json.ts";
import { readQuery } from "./read-query.ts";

/** A route, and what a key must be good for to use it. */
export type ScopedRoute = HttpRoute & { readonly scope: ApiKeyScope };

export interface InvoiceRoutesOptions extends IdempotencyOptions {
  readonly invoiceService: InvoiceService;
  readonly create: (order: InvoiceOrder, id: string) => Promise<Invoice>;
  readonly view: (invoice: Invoice) => object;
  readonly defaultExpiryMs: number;
  readonly now: () => number;
  /** The time at which an invoice is looked at. */
  readonly clockOf: (invoice: Invoice) => number;
}

/**
 * `POST /api/v1/invoices` 201, `GET /api/v1/invoices` 200 (filters: `readInvoiceFilter`), `GET /api/v1/invoices/:id` 200 or 404,
 * `POST /api/v1/invoices/:id/cancel` 200, 404 or 409.
 */
export function invoiceRoutes(options: InvoiceRoutesOptions): ScopedRoute[] {
  const { invoiceService, create, view, defaultExpiryMs, now, clockOf } = options;
  return [
    {
      scope: "invoices:write",
      method: "POST",
      path: "/api/v1/invoices",
      maxBodyBytes: 65_536,
      async handle(request) {
        readQuery(request.query, []);
        const order = readInvoiceOrder(request.body, defaultExpiryMs);
        const invoice = await create(order, await idOfRequest(request, "invoice", order, options));
        return json(201, view(invoice), { location: `/api/v1/invoices/${invoice.id}` });
      },
    },
    {
      scope: "invoices:read",
      method: "GET",
      path: "/api/v1/invoices",
      async handle({ path, query }) {
        const filter = readInvoiceFilter(query, now(), clockOf);
        const found = (await invoiceService.list(filter.matches)).toSorted((a, b) =>
          comparePlaces(placeOf(a), placeOf(b)),
        );
        const { entries, headers } = pageOf(found, filter.page, placeOf, { path, query });
        return json(200, entries.map(view), headers);
      },
    },
    {
      scope: "invoices:read",
      method: "GET",
      path: "/api/v1/invoices/:id",
      async handle({ params, query }) {
        readQuery(query, []);
        return json(200, view(await invoiceService.get(params["id"] ?? "")));
      },
    },
    {
      scope: "invoices:write",
      method: "POST",
      path: "/api/v1/invoices/:id/cancel",
      maxBodyBytes: 1_024,
      async handle({ params, query, body }) {
        readQuery(query, []);
        if (body.length > 0 && new TextDecoder().decode(body).trim() !== "{}") {
          throw invalidRequest("body: must be left out, or {}");
        }
        return json(200, view(await invoiceService.cancel(params["id"] ?? "")));
      },
    },
  ];
}

function placeOf({ createdAtMs, id }: Invoice): Place {
  return { atMs: createdAtMs, id };
}
