import { Page, type Assets } from "@p4/pages";
import { Amount, satoshisText } from "@p4/pages/view";
import type { VNode } from "preact";
import { basket, basketSatoshis } from "./basket.ts";

export interface ShopPageProps {
  readonly assets: Assets;
  readonly merchant: string;
  readonly ready: boolean;
  /** What is not as it should be, in words. */
  readonly troubles: readonly string[];
  /** Of the test wallet; null: there is none. */
  readonly walletUrl: string | null;
}

/** The front page of this wallet: what it is, how it does, and a shop with one basket, to see a payment from its beginning. */
export function ShopPage({ assets, merchant, ready, troubles, walletUrl }: ShopPageProps): VNode {
  return (
    <Page title={`Demo shop · ${merchant}`} styles={[assets.url("pages.css"), assets.url("shop.css")]}>
      <div class="shop">
        <div class="stack">
          <h1>Demo shop</h1>
          <p class="quiet">
            One basket, paid over a payment channel with coins of the chain that this server is set up for. The merchant
            is <bdi>{merchant}</bdi>.
          </p>
          <p>
            <span class={`chip ${ready ? "good" : "bad"}`}>{ready ? "Ready" : "Not ready"}</span>
          </p>
          {troubles.map((trouble) => (
            <p class="notice bad">{trouble}</p>
          ))}
          <p class="quiet small">
            For programs: <code>POST /api/v1/invoices</code> makes an invoice, and its <code>checkoutUrl</code> is the
            page that comes next.
          </p>
          <nav aria-label="More of this wallet" class="small links">
            <a href="/docs">HTTP interface</a>
            <a href="/readyz">Health</a>
            {walletUrl !== null && <a href={walletUrl}>Test wallet</a>}
          </nav>
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
