import { json, problem, type HttpRoute } from "@p4/http";
import { pageResponse, prefersPage, qrCodeSvg, type Assets } from "@p4/pages";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceService } from "../merchant/invoice-service.ts";
import { CheckoutPage } from "../pages/checkout-page.tsx";
import type { CheckoutState } from "../pages/checkout-state.ts";
import { type CheckoutEvents } from "./checkout-events.ts";
import { readQuery } from "./read-query.ts";

export interface CheckoutRoutesOptions {
  readonly invoiceService: InvoiceService;
  readonly assets: Assets;
  readonly events: CheckoutEvents;
  readonly stateOf: (invoice: Invoice) => CheckoutState;
  readonly viewOf: (invoice: Invoice) => object;
  /** Joins the invoice's channel if that was not done; returns at once. */
  readonly attend: (invoice: Invoice) => void;
  readonly tryUrl: (paymentUrl: string) => string | null;
}

/**
 * `GET /i/:id`: the invoice's checkout page, or the invoice as JSON for who does not ask for a page. `/i/:id/qr.svg`: the QR code
 * of its payment URI. `/i/:id/events`: what the page shows, as server-sent events. `/embed.js`: the script for a shop's pages that
 * shows the checkout page within them.
 */
export function checkoutRoutes(options: CheckoutRoutesOptions): HttpRoute[] {
  const { invoiceService, assets, events, stateOf, viewOf, attend, tryUrl } = options;
  return [
    {
      method: "GET",
      path: "/i/:id",
      async handle({ params, query, headers }) {
        const invoice = await invoiceService.get(params["id"] ?? "");
        attend(invoice);
        if (!prefersPage(headers)) return json(200, viewOf(invoice), { vary: "accept" });
        const state = stateOf(invoice);
        const embedded = query.get("embed") === "1";
        const parts = { state, assets, embedded, tryUrl: tryUrl(state.paymentUrl) };
        return pageResponse(<CheckoutPage {...parts} />, 200, { embedded });
      },
    },
    assets.publicRoute("/embed.js", "embed.js"),
    {
      method: "GET",
      path: "/i/:id/qr.svg",
      async handle({ params, query }) {
        readQuery(query, []);
        const { uri } = stateOf(await invoiceService.get(params["id"] ?? ""));
        const headers = {
          "content-type": "image/svg+xml",
          "content-security-policy": "default-src 'none'",
          "x-content-type-options": "nosniff",
          "cache-control": "private, max-age=3600",
        };
        return { status: 200, headers, body: qrCodeSvg(uri) };
      },
    },
    {
      method: "GET",
      path: "/i/:id/events",
      async handle({ params, method }) {
        const invoice = await invoiceService.get(params["id"] ?? "");
        if (method === "HEAD") return { status: 200, headers: { "content-type": "text/event-stream" } };
        if (events.isFull) {
          const detail = "too many pages follow their invoices at the moment";
          return problem(503, { code: "PAYD_BUSY", title: "try again later", detail }, { "retry-after": "5" });
        }
        return events.follow(invoice.id);
      },
    },
  ];
}
