import {
  readMinersNews,
  verifyProofCallback,
  type HeaderPolicy,
  type HeaderSource,
  type RevokedProof,
  type SpvCrypto,
} from "@p4/spv";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import type { Invoice, InvoiceProof } from "../invoice/invoice.ts";
import { recordRejection, recordRevocation } from "../invoice/invoice-steps.ts";

export interface MinersNewsServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly headers: HeaderSource;
  readonly headerPolicy: HeaderPolicy;
  readonly crypto: SpvCrypto;
  readonly now: () => number;
}

export type MinersNewsOutcome = "revoked" | "rejected" | "stands" | "ignored" | "invalid";

/** Takes `proof.revoked` and `transaction.rejected`: what undoes a proof, and what casts doubt on an accepted payment. */
export class MinersNewsService {
  readonly #options: MinersNewsServiceOptions;

  constructor(options: MinersNewsServiceOptions) {
    this.#options = options;
  }

  /** `stands`: this wallet's own header source still knows the block. `ignored`: nothing of this invoice is meant. */
  async receive(invoiceId: string, envelopeText: string): Promise<MinersNewsOutcome> {
    const { invoices } = this.#options;
    const news = readMinersNews(envelopeText);
    const invoice = await invoices.newest(invoiceId);
    if (news === null) return "invalid";
    if (invoice?.payment?.txid !== news.txid) return "ignored";
    if (news.kind === "rejected") {
      const { txid, status, code } = news;
      const report = { status, code, reportedAtMs: this.#options.now() };
      await invoices.update(invoiceId, (current) => recordRejection(current, txid, report));
      return "rejected";
    }
    return this.#revoke(invoice, news);
  }

  async #revoke(invoice: Invoice, { txid, blockHashes }: RevokedProof): Promise<MinersNewsOutcome> {
    const { invoices, headerPolicy, now } = this.#options;
    const isMeant = ({ blockHash, revokedAtMs }: InvoiceProof) =>
      revokedAtMs === undefined && (blockHashes.length === 0 || blockHash === null || blockHashes.includes(blockHash));
    const meant = invoice.proofs.filter(isMeant);
    const undone = new Set<string>();
    for (const { proofKey } of meant) if (!(await this.#stillStands(txid, proofKey))) undone.add(proofKey);
    if (undone.size === 0) return meant.length === 0 ? "ignored" : "stands";
    const settles = (proof: InvoiceProof) => proof.headerConfirmed || headerPolicy !== "require";
    await invoices.update(invoice.id, (current) => recordRevocation(current, undone, now(), settles));
    return "revoked";
  }

  /** A miner's word is not signed here: the header source that confirmed the block is asked again. */
  async #stillStands(txid: string, proofKey: string): Promise<boolean> {
    const { invoices, headers, crypto } = this.#options;
    const envelopeText = await invoices.readProof(proofKey);
    if (envelopeText === null) return false;
    // What was stored has passed the signature policy already.
    const verified = verifyProofCallback(envelopeText, {
      expectedTxid: txid,
      policy: { kind: "verify-if-signed" },
      crypto,
    });
    if (verified.kind !== "merkle-proof") return false;
    return (await headers.lookup(verified.claim, { fresh: true })).kind === "confirmed";
  }
}
