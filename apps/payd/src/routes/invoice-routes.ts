import { json, type HttpRoute } from "@p4/http";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceDesk, InvoiceOrder } from "../merchant/invoice-desk.ts";
import { readInvoiceOrder } from "./invoice-order.ts";
import { readQuery } from "./read-query.ts";
import { matchesFilter, readInvoiceFilter } from "./invoice-filter.ts";

export interface InvoiceRoutesOptions {
  readonly desk: InvoiceDesk;
  readonly create: (order: InvoiceOrder) => Promise<Invoice>;
  readonly view: (invoice: Invoice) => object;
  readonly defaultExpiryMs: number;
  readonly now: () => number;
}

/** `POST /api/v1/invoices` 201, `GET /api/v1/invoices?state=&since=&limit=` 200, `GET /api/v1/invoices/:id` 200 or 404. */
export function invoiceRoutes({ desk, create, view, defaultExpiryMs, now }: InvoiceRoutesOptions): HttpRoute[] {
  return [
    {
      method: "POST",
      path: "/api/v1/invoices",
      maxBodyBytes: 16_384,
      async handle({ body, query }) {
        readQuery(query, []);
        const invoice = await create(readInvoiceOrder(body, defaultExpiryMs));
        return json(201, view(invoice), { location: `/api/v1/invoices/${invoice.id}` });
      },
    },
    {
      method: "GET",
      path: "/api/v1/invoices",
      async handle({ query }) {
        const filter = readInvoiceFilter(query, now());
        const found = await desk.list((invoice) => matchesFilter(invoice, filter));
        return json(200, found.slice(0, filter.limit).map(view));
      },
    },
    {
      method: "GET",
      path: "/api/v1/invoices/:id",
      async handle({ params, query }) {
        readQuery(query, []);
        return json(200, view(await desk.get(params["id"] ?? "")));
      },
    },
  ];
}
