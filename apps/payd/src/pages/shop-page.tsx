import { Page, type Assets } from "@p4/pages";
import { Amount, satoshisText } from "@p4/pages/view";
import type { VNode } from "preact";
import { basket, basketSatoshis } from "./basket.ts";

/** The front page of this wallet: a shop with one basket, to see a payment from its beginning. */
export function ShopPage({ assets, merchant }: { readonly assets: Assets; readonly merchant: string }): VNode {
  return (
    <Page title={`Demo shop · ${merchant}`} styles={[assets.url("pages.css"), assets.url("shop.css")]}>
      <div class="shop">
        <div class="stack">
          <h1>Demo shop</h1>
          <p class="quiet">
            One basket, paid over a payment channel with coins of the chain that this server is set up for. The merchant
            is <bdi>{merchant}</bdi>.
          </p>
          <p class="quiet small">
            For programs: <code>POST /api/v1/invoices</code> makes an invoice, and its <code>checkoutUrl</code> is the
            page that comes next.
          </p>
        </div>
        <section class="card" aria-labelledby="basket">
          <h2 id="basket">Your basket</h2>
          <ul class="basket">
            {basket.items.map(({ name, satoshis }) => (
              <li>
                <span>{name}</span>
                <span class="number">{satoshisText(satoshis)} sat</span>
              </li>
            ))}
            <li class="total">
              <span>Total</span>
              <Amount satoshis={basketSatoshis} />
            </li>
          </ul>
          <form method="post" action="/shop/orders">
            <button class="button primary" type="submit">
              Check out
            </button>
          </form>
        </section>
      </div>
    </Page>
  );
}
