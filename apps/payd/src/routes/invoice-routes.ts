import { json, type HttpRoute } from "@p4/http";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceDesk } from "../merchant/invoice-desk.ts";
import { readInvoiceOrder } from "./invoice-order.ts";
import { invoiceView } from "./invoice-view.ts";

export interface InvoiceRoutesOptions {
  readonly desk: InvoiceDesk;
  readonly paymentUrl: (invoiceId: string) => string;
  readonly defaultExpiryMs: number;
  readonly now: () => number;
  readonly onCreated: () => void;
}

/** `POST /api/v1/invoices` 201, `GET /api/v1/invoices` 200, `GET /api/v1/invoices/:id` 200 or 404. */
export function invoiceRoutes({
  desk,
  paymentUrl,
  defaultExpiryMs,
  now,
  onCreated,
}: InvoiceRoutesOptions): HttpRoute[] {
  const view = (invoice: Invoice): object => invoiceView(invoice, paymentUrl(invoice.id), now());
  return [
    {
      method: "POST",
      path: "/api/v1/invoices",
      maxBodyBytes: 16_384,
      async handle({ body }) {
        const invoice = await desk.create(readInvoiceOrder(body, defaultExpiryMs));
        onCreated();
        return json(201, view(invoice), { location: `/api/v1/invoices/${invoice.id}` });
      },
    },
    {
      method: "GET",
      path: "/api/v1/invoices",
      handle: async () => json(200, (await desk.list()).map(view)),
    },
    {
      method: "GET",
      path: "/api/v1/invoices/:id",
      handle: async ({ params }) => json(200, view(await desk.get(params["id"] ?? ""))),
    },
  ];
}
