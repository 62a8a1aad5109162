import { Page, type Assets } from "@p4/pages";
import { satoshisText } from "@p4/pages/view";
import type { VNode } from "preact";
import type { CheckoutState } from "./checkout-state.ts";
import { CheckoutView } from "./checkout-view.tsx";

export interface CheckoutPageProps {
  readonly state: CheckoutState;
  readonly assets: Assets;
  readonly tryUrl: string | null;
  /** Within a page of the shop. */
  readonly embedded: boolean;
}

const finalStages = ["proved", "expired", "closed"];

/** Complete without script, which then loads it again every few seconds. */
export function CheckoutPage({ state, assets, tryUrl, embedded }: CheckoutPageProps): VNode {
  const reload = finalStages.includes(state.stage) ? {} : { reloadWithoutScript: 5 };
  return (
    <Page
      title={`${satoshisText(state.satoshis)} sat · ${state.merchant}`}
      styles={[assets.url("pages.css"), assets.url("checkout.css")]}
      scripts={[assets.url("checkout.js")]}
      embedded={embedded}
      {...reload}
    >
      <div
        id="checkout"
        data-events={`/i/${state.id}/events`}
        {...(tryUrl !== null && { "data-try": tryUrl })}
        {...(embedded && { "data-embed": "" })}
      >
        <CheckoutView state={state} nowMs={state.nowMs} tryUrl={tryUrl} />
      </div>
    </Page>
  );
}
