import { uuid } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import type { Funding, SignedPayment } from "../pay/funding.ts";
import { feeQuote, submitTransaction } from "../pay/mapi.ts";
import { signPayment } from "../pay/sign-payment.ts";
import { anchorScript } from "./anchor-script.ts";
import { type AnchorTransaction, anchorTransactionPath, writeAnchorTransaction } from "./anchor-transaction-file.ts";

export interface PublishOptions {
  /** The anchor file; the transaction is written beside it. */
  readonly path: string;
  /** Of that anchor, 64 hex digits. */
  readonly root: string;
  readonly funding: Funding;
  readonly minerUrl: string;
}

export interface PublishedAnchor extends AnchorTransaction {
  readonly file: string;
  readonly feeSatoshis: bigint;
}

/**
 * Writes the root of an anchor into a transaction. What was cut short is finished, not paid again. Throws a CliError;
 * unless the miner refused for good, the same call may be made again.
 */
export async function publishAnchor({ path, root, funding, minerUrl }: PublishOptions): Promise<PublishedAnchor> {
  const payment = funding.unsettled(reservationOf(root)) ?? (await sign(root, funding, minerUrl));
  const { txid, bodyText: rawTx, feeSatoshis } = payment;
  const submission = await submitTransaction(minerUrl, rawTx, txid);
  if (!submission.accepted) {
    if (!submission.retryable) await funding.settle(payment, false);
    const nextStep = submission.retryable ? "The same command sends the same transaction again." : null;
    throw new CliError("failed", `the miner refused transaction ${txid}: ${submission.reason}`, nextStep, "TX_REFUSED");
  }
  const transaction: AnchorTransaction = { version: 1, txid, rawTx, root, broadcastAtMs: Date.now() };
  const file = anchorTransactionPath(path);
  // The file first: until it is there, the wallet keeps the transaction.
  await writeAnchorTransaction(file, transaction);
  await funding.settle(payment, true);
  return { ...transaction, file, feeSatoshis };
}

async function sign(root: string, funding: Funding, minerUrl: string): Promise<SignedPayment> {
  const outputs = [{ satoshis: 0n, script: anchorScript(root) }];
  const signed = await signPayment({ outputs, feeRate: await feeQuote(minerUrl) }, funding);
  const payment = { ...signed, channelId: reservationOf(root), messageId: uuid(), bodyText: signed.rawTx };
  await funding.reserve(payment);
  return payment;
}

/** In the place of a channel's id, of which none has a colon. */
function reservationOf(root: string): string {
  return `anchor:${root}`;
}
