import type { CustomerSession } from "@p4/client";
import { readMinersNews } from "@p4/spv";
import type { PayStep, Rejection } from "./pay-with-funding.ts";

/** What miners say of a payment beside its proof: told as it comes, and remembered. */
export class MinersNews {
  readonly #rejections = new Map<string, Rejection>();

  constructor(wallet: CustomerSession, onStep: (step: PayStep) => void) {
    const take = ({ received }: { readonly received: { readonly bodyText: string | null } }): void => {
      const news = readMinersNews(received.bodyText ?? "");
      if (news === null) return;
      if (news.kind === "revoked") return onStep({ step: "proofRevoked", blockHashes: news.blockHashes });
      const rejection = { status: news.status, code: news.code };
      this.#rejections.set(news.txid, rejection);
      onStep({ step: "rejected", rejection });
    };
    wallet.on("rejected", take);
    wallet.on("proofRevoked", take);
  }

  rejectionOf(txid: string): Rejection | null {
    return this.#rejections.get(txid) ?? null;
  }
}
