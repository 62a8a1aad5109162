import type { RecordedDoubleSpend, RecordedProof } from "@p4/channel";

/** What a miner's callback says, once it has been verified as far as it can be without the chain. */
export type CallbackFact =
  | { readonly kind: "proof"; readonly proof: RecordedProof }
  | { readonly kind: "double-spend"; readonly doubleSpend: RecordedDoubleSpend }
  | { readonly kind: "status"; readonly txid: string; readonly status: string; readonly blockHash: string | null };
