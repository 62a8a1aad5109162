import { json, type HttpRoute } from "@p4/http";
import { pageResponse, prefersPage, type Assets } from "@p4/pages";
import type { Readiness } from "@p4/telemetry";
import type { InvoiceOrder } from "../merchant/invoice-service.ts";
import type { Invoice } from "../invoice/invoice.ts";
import { basket, basketSatoshis } from "../pages/basket.ts";
import { ShopPage } from "../pages/shop-page.tsx";

export interface ShopRoutesOptions {
  readonly assets: Assets;
  readonly merchant: string;
  /** Of the test wallet; null: there is none. */
  readonly walletUrl: string | null;
  readonly readiness: Pick<Readiness, "report">;
  readonly expiresInMs: number;
  readonly create: (order: InvoiceOrder) => Promise<Invoice>;
}

const links = { invoices: "/api/v1/invoices", docs: "/docs", health: "/readyz", metrics: "/metrics" };

/** `GET /`: the demo shop with the wallet's status, or what is here as JSON for who does not ask for a page. */
export function frontRoute({ assets, merchant, walletUrl, readiness }: ShopRoutesOptions): HttpRoute {
  return {
    method: "GET",
    path: "/",
    async handle({ headers }) {
      const { ready, checks } = await readiness.report();
      if (!prefersPage(headers)) {
        const name = "payd: reference merchant's wallet of P4";
        return json(200, { name, merchant, ready, links }, { vary: "accept" });
      }
      const troubles = Object.entries(checks).flatMap(([check, { ok, detail }]) =>
        ok ? [] : [`${check}: ${detail ?? "is not as it should be"}`],
      );
      return pageResponse(<ShopPage {...{ assets, merchant, walletUrl, ready, troubles }} />);
    },
  };
}

/** `POST /shop/orders`: the form of the shop. Makes the basket's invoice and leads to its checkout page. */
export function orderRoute({ create, expiresInMs }: ShopRoutesOptions): HttpRoute {
  return {
    method: "POST",
    path: "/shop/orders",
    maxBodyBytes: 1_024,
    async handle() {
      const { id } = await create({
        satoshis: basketSatoshis,
        memo: basket.memo,
        orderId: null,
        metadata: {},
        expiresInMs,
      });
      return { status: 303, headers: { location: `/i/${id}`, "cache-control": "no-store" } };
    },
  };
}
