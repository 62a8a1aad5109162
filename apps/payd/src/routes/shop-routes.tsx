import { json, type HttpRoute } from "@p4/http";
import { pageResponse, prefersPage, type Assets } from "@p4/pages";
import type { InvoiceOrder } from "../merchant/invoice-service.ts";
import type { Invoice } from "../invoice/invoice.ts";
import { basket, basketSatoshis } from "../pages/basket.ts";
import { ShopPage } from "../pages/shop-page.tsx";

export interface ShopRoutesOptions {
  readonly assets: Assets;
  readonly merchant: string;
  readonly expiresInMs: number;
  readonly create: (order: InvoiceOrder) => Promise<Invoice>;
}

const links = { invoices: "/api/v1/invoices", docs: "/docs", health: "/readyz", metrics: "/metrics" };

/** `GET /`: the demo shop, or what is here as JSON for who does not ask for a page. */
export function frontRoute({ assets, merchant }: ShopRoutesOptions): HttpRoute {
  return {
    method: "GET",
    path: "/",
    handle({ headers }) {
      if (!prefersPage(headers)) {
        return json(200, { name: "payd: reference merchant's wallet of P4", merchant, links }, { vary: "accept" });
      }
      return pageResponse(<ShopPage assets={assets} merchant={merchant} />);
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
