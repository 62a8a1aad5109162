import { join } from "node:path";
import type { HttpRoute } from "@p4/http";
import { loadAssets } from "@p4/pages";
import type { Readiness } from "@p4/telemetry";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceWatch } from "../invoice/invoice-watch.ts";
import { paymentUri } from "../invoice/payment-uri.ts";
import type { InvoiceService, InvoiceOrder } from "../merchant/invoice-service.ts";
import type { Refusals } from "../merchant/refusals.ts";
import { checkoutState, type CheckoutState } from "../pages/checkout-state.ts";
import { answerPageErrors } from "./answer-page-errors.tsx";
import { CheckoutEvents } from "./checkout-events.ts";
import { checkoutRoutes } from "./checkout-routes.tsx";
import { docsRoutes } from "./docs-routes.tsx";
import { guardForm, guardRoute } from "./guard-route.ts";
import { requireKey, type KeyPolicy } from "./require-key.ts";
import { frontRoute, orderRoute } from "./shop-routes.tsx";

export interface PageRoutesOptions {
  readonly invoiceService: InvoiceService;
  readonly watch: InvoiceWatch;
  readonly refusals: Refusals;
  readonly create: (order: InvoiceOrder) => Promise<Invoice>;
  readonly attend: (invoice: Invoice) => void;
  readonly viewOf: (invoice: Invoice) => object;
  readonly paymentUrl: (invoice: Invoice) => string;
  readonly walletUrl: string | undefined;
  readonly readiness: Pick<Readiness, "report">;
  readonly merchant: string;
  readonly expiresInMs: number;
  readonly allowedHosts: readonly string[];
  /** The demo shop is open where an order over HTTP would need no key. */
  readonly keyPolicy: KeyPolicy;
  readonly now: () => number;
  /** The time at which an invoice is looked at. */
  readonly clockOf: (invoice: Invoice) => number;
  /** Of the HTTP interface, for its description. */
  readonly described: readonly HttpRoute[];
  readonly signal: AbortSignal;
}

/** The wallet's pages: the demo shop at `/`, and the checkout of each invoice. */
export function pageRoutes(options: PageRoutesOptions): HttpRoute[] {
  const {
    invoiceService,
    watch,
    refusals,
    paymentUrl,
    walletUrl,
    merchant,
    allowedHosts,
    now,
    signal,
    attend,
    clockOf,
  } = options;
  const { readiness, create, expiresInMs } = options;
  const assets = loadAssets(join(import.meta.dirname, "../../dist/browser"));
  const stateOf = (invoice: Invoice): CheckoutState => {
    const url = paymentUrl(invoice);
    const refusal = refusals.of(invoice.id);
    return checkoutState(invoice, {
      merchant,
      paymentUrl: url,
      uri: paymentUri(url),
      nowMs: clockOf(invoice),
      refusal,
    });
  };
  const events = new CheckoutEvents({ watch, read: (id) => invoiceService.get(id), stateOf, attend, now, signal });
  const tryUrl = (url: string): string | null => (walletUrl === undefined ? null : `${walletUrl}#${url}`);
  const shop = { assets, merchant, create, expiresInMs, readiness, walletUrl: walletUrl ?? null };
  const withErrors = (route: HttpRoute): HttpRoute => answerPageErrors(route, assets);
  return [
    ...[
      frontRoute(shop),
      ...docsRoutes(options.described, assets),
      ...checkoutRoutes({ invoiceService, assets, events, stateOf, viewOf: options.viewOf, attend, tryUrl }),
      assets.route,
    ].map((route) => guardRoute(withErrors(route), allowedHosts)),
    guardForm(withErrors(requireKey("invoices:write", orderRoute(shop), options.keyPolicy)), allowedHosts),
  ];
}
