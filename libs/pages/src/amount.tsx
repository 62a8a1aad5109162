import type { VNode } from "preact";
import { bsvText, satoshisText } from "./amount-text.ts";

/** An amount in both units. */
export function Amount({ satoshis }: { readonly satoshis: number | bigint }): VNode {
  return (
    <span class="amount">
      <span class="number">{satoshisText(satoshis)}</span> sat <span class="quiet">({bsvText(satoshis)} BSV)</span>
    </span>
  );
}
