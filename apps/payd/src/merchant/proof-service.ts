import { setTimeout as delay } from "node:timers/promises";
import {
  judgeHeader,
  verifyProofCallback,
  type HeaderPolicy,
  type HeaderSource,
  type HeaderVerdict,
  type SignaturePolicy,
  type SpvCrypto,
  type VerifiedProofCallback,
} from "@p4/spv";
import { proofKeyOf, type InvoiceRepository } from "../invoice/invoice-repository.ts";
import { isOpen } from "../invoice/invoice.ts";
import { recordDoubleSpend, recordProof } from "../invoice/invoice-steps.ts";

export interface ProofServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly headers: HeaderSource;
  readonly headerPolicy: HeaderPolicy;
  readonly signaturePolicy: SignaturePolicy;
  readonly crypto: SpvCrypto;
  readonly now: () => number;
  /** Pauses between look-ups of a block that the header source does not know yet: it may lag behind the miner. */
  readonly headerRetryDelaysMs: readonly number[];
  readonly signal: AbortSignal;
}

export type ProofOutcome = "proved" | "unconfirmed" | "contradicted" | "doubleSpend" | "ignored";

/** Takes `proof.create` and `doublespend.notify`. */
export class ProofService {
  readonly #options: ProofServiceOptions;

  constructor(options: ProofServiceOptions) {
    this.#options = options;
  }

  /**
   * Checks the envelope again, although the server did: a merchant trusts its own eyes. Throws SpvError for what is
   * permanently wrong. `ignored`: the invoice has no such payment.
   */
  async receive(invoiceId: string, envelopeText: string): Promise<ProofOutcome> {
    const { invoices, signaturePolicy, crypto, now } = this.#options;
    const txid = (await invoices.newest(invoiceId))?.payment?.txid;
    if (txid === undefined) return "ignored";
    const verified = verifyProofCallback(envelopeText, { expectedTxid: txid, policy: signaturePolicy, crypto });
    if (verified.kind === "merkle-proof") return this.#keepProof(invoiceId, envelopeText, verified);
    const { reason, doubleSpendTxid } = verified.callback;
    const report = { reason, doubleSpendTxid, reportedAtMs: now() };
    await invoices.update(invoiceId, (invoice) => recordDoubleSpend(invoice, txid, report));
    return "doubleSpend";
  }

  /** Looks again at proofs whose block was in doubt when this wallet was stopped. */
  async resume(invoiceId: string): Promise<void> {
    const invoice = await this.#options.invoices.get(invoiceId);
    for (const { proofKey } of invoice?.proofs.filter(isOpen) ?? []) {
      const envelopeText = await this.#options.invoices.readProof(proofKey);
      if (envelopeText !== null) await this.receive(invoiceId, envelopeText);
    }
  }

  async #keepProof(
    invoiceId: string,
    envelopeText: string,
    { proven, claim, txid }: Extract<VerifiedProofCallback, { kind: "merkle-proof" }>,
  ): Promise<ProofOutcome> {
    const { invoices, headers, headerPolicy, headerRetryDelaysMs, signal, now } = this.#options;
    const proofKey = proofKeyOf(invoiceId, claim.blockHash ?? proven.merkleRoot);
    const record = async (verdict: HeaderVerdict): Promise<ProofOutcome> => {
      if (verdict.kind === "refused") return "contradicted";
      await invoices.saveProof(proofKey, envelopeText);
      const said = verdict.kind === "verified" ? verdict : claim;
      const settles = verdict.kind !== "retry-later";
      const proof = {
        blockHash: said.blockHash ?? null,
        blockHeight: said.blockHeight ?? null,
        headerConfirmed: verdict.kind === "verified",
        receivedAtMs: now(),
        proofKey,
      };
      await invoices.update(invoiceId, (invoice) => recordProof(invoice, txid, proof, settles));
      return settles ? "proved" : "unconfirmed";
    };
    let outcome = await record(judgeHeader(claim, await headers.lookup(claim), headerPolicy));
    for (const delayMs of headerRetryDelaysMs) {
      if (outcome !== "unconfirmed") break;
      await delay(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
      const proofs = signal.aborted ? [] : ((await invoices.newest(invoiceId))?.proofs ?? []);
      // It may have been revoked meanwhile: to look again is not to bring it again.
      if (!proofs.some((proof) => proof.proofKey === proofKey && isOpen(proof))) break;
      outcome = await record(judgeHeader(claim, await headers.lookup(claim), headerPolicy));
    }
    return outcome;
  }
}
