import {
  type Ack,
  customer,
  type CustomerSession,
  isSessionError,
  type SessionOptions,
  type StepOptions,
  type WebSocketConstructor,
} from "@p4/client";
import type { Dialect } from "@p4/protocol";
import type { HeaderSource, RejectedTransaction } from "@p4/spv";
import { nodeCrypto, uuid } from "@p4/node-crypto";
import { CliError, isCliError } from "../cli-error.ts";
import { type CheckedProof, checkProof } from "./check-proof.ts";
import { explainRefusal, explainFailedUpgrade } from "./explain-failed-upgrade.ts";
import type { Funding, SignedPayment } from "./funding.ts";
import { MinersNews } from "./miners-news.ts";
import { paymentBody } from "./payment-body.ts";
import { paymentTerms } from "./payment-terms.ts";
import { signPayment } from "./sign-payment.ts";

export type PayStep =
  | { readonly step: "joined"; readonly channelId: string; readonly channelState: string | null }
  /** Whether one will come is not known: the channel's id may be a wrong one. */
  | { readonly step: "merchantAbsent"; readonly channelId: string }
  | { readonly step: "terms"; readonly satoshis: bigint; readonly outputs: number; readonly memo: string | null }
  | { readonly step: "signed"; readonly txid: string; readonly feeSatoshis: bigint }
  | { readonly step: "resumed"; readonly txid: string }
  | { readonly step: "acknowledged"; readonly accepted: boolean; readonly memo: string | null }
  | { readonly step: "rejected"; readonly rejection: Rejection }
  | { readonly step: "proofRevoked"; readonly blockHashes: readonly string[] }
  | { readonly step: "proofRefused"; readonly reason: string }
  | { readonly step: "proved"; readonly proof: CheckedProof }
  | { readonly step: "disconnected"; readonly retryInMs: number };

/** A miner's word that it will not mine the transaction. Another miner may: a proof that holds is the stronger. */
export type Rejection = Pick<RejectedTransaction, "status" | "code">;

export interface PayOptions {
  readonly funding: Funding;
  /** Trusted headers for the proof; null: only what the proof shows by itself. */
  readonly headers?: HeaderSource | null;
  readonly waitForProof?: boolean;
  /** Default 60 s. */
  readonly proofTimeoutMs?: number;
  /** For the first join. Default 10 s. */
  readonly joinTimeoutMs?: number;
  readonly dialect?: Dialect;
  readonly token?: string;
  /** Words for the merchant. */
  readonly memo?: string;
  readonly onStep?: (step: PayStep) => void;
  readonly signal?: AbortSignal;
  /** Default: the global one. */
  readonly webSocket?: WebSocketConstructor;
}

export interface PaymentOutcome {
  readonly channelId: string;
  readonly txid: string;
  readonly satoshis: bigint;
  readonly feeSatoshis: bigint;
  readonly accepted: boolean;
  /** The merchant's words. */
  readonly memo: string | null;
  /** Null: not waited for, refused, or late. */
  readonly proof: CheckedProof | null;
  /** The last one that came; null: none did. */
  readonly rejection: Rejection | null;
}

/**
 * Plays the customer on one channel, from the join to the checked proof. Survives lost connections. Throws a CliError
 * when there is no outcome; a refusal by the merchant is an outcome.
 */
export async function payWithFunding(url: string, options: PayOptions): Promise<PaymentOutcome> {
  const { onStep = () => undefined } = options;
  const wallet = openWallet(url, options);
  wallet.on("disconnected", ({ retryInMs }) => onStep({ step: "disconnected", retryInMs }));
  const news = new MinersNews(wallet, onStep);
  try {
    await join(wallet, url, options);
    const payment = await preparePayment(wallet, new URL(url).host, options);
    const ack = await askForVerdict(wallet, payment, options);
    return { ...(await conclude(wallet, payment, ack, options)), rejection: news.rejectionOf(payment.txid) };
  } catch (error) {
    throw isSessionError(error)
      ? new CliError("failed", error.message, nextSteps[error.code] ?? null, error.code)
      : error;
  } finally {
    wallet.close();
  }
}

function openWallet(url: string, { dialect = "p4", token, webSocket, funding }: PayOptions): CustomerSession {
  const secret = funding.secretFor(
    url
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) ?? "",
  );
  const session: SessionOptions = {
    ...(secret === null ? {} : { wallet: secret }),
    dialect,
    appId: "p4/cli",
    ...(token === undefined ? {} : { token }),
    ...(webSocket === undefined ? {} : { webSocket }),
  };
  try {
    return customer(url, session);
  } catch (error) {
    if (!isSessionError(error) || error.code !== "URL_INVALID") throw error;
    throw new CliError("misuse", error.message, "Take the ws:// address out of the invoice's QR code.");
  }
}

async function join(wallet: CustomerSession, url: string, options: PayOptions): Promise<void> {
  const { joinTimeoutMs = 10_000 } = options;
  const refused = new AbortController();
  let isFirst = true;
  const stopAsking = wallet.on("disconnected", () => {
    if (!isFirst) return;
    isFirst = false;
    // A refusal for good is told at once; a server that is away may come back within the time.
    void explainRefusal(url, options.token).then((error) => error !== null && refused.abort(error));
  });
  const limit = AbortSignal.any([within(joinTimeoutMs, options.signal), refused.signal]);
  try {
    const { channelState } = await wallet.joined({ signal: limit });
    options.onStep?.({ step: "joined", channelId: wallet.channelId, channelState });
    if (wallet.merchantPresent === false) options.onStep?.({ step: "merchantAbsent", channelId: wallet.channelId });
  } catch (error) {
    if (isSessionError(error) || isCliError(error) || options.signal?.aborted === true) throw error;
    throw await explainFailedUpgrade(url, joinTimeoutMs, options.token);
  } finally {
    stopAsking();
  }
}

/** A payment whose outcome is not known is sent again, as it was: asking for new terms could pay twice. */
async function preparePayment(wallet: CustomerSession, server: string, options: PayOptions): Promise<SignedPayment> {
  const { funding, onStep = () => undefined, memo = "" } = options;
  const { channelId } = wallet;
  const unsettled = funding.unsettled(channelId);
  if (unsettled !== null) {
    if (unsettled.server !== undefined && unsettled.server !== server) throw settleFirst(unsettled, unsettled.server);
    onStep({ step: "resumed", txid: unsettled.txid });
    return unsettled;
  }
  const request = await wallet.requestTerms(waitForAnswer(options));
  const terms = paymentTerms(request.body);
  if (terms === null) throw new CliError("failed", "the payment request asks for nothing that this wallet can pay");
  if (terms.expiresAtMs !== null && terms.expiresAtMs <= Date.now()) {
    const when = new Date(terms.expiresAtMs).toISOString();
    throw new CliError("failed", `the payment request expired at ${when}`, "Ask the merchant for a new invoice.");
  }
  const total = terms.outputs.reduce((sum, { satoshis }) => sum + satoshis, 0n);
  onStep({ step: "terms", satoshis: total, outputs: terms.outputs.length, memo: terms.memo });
  const signed = await signPayment(terms, funding);
  onStep({ step: "signed", txid: signed.txid, feeSatoshis: signed.feeSatoshis });
  const body = paymentBody(terms, signed, { channelId, memo, refundTo: funding.changeKey().toAddress() });
  const payment = { ...signed, channelId, server, messageId: uuid(), bodyText: JSON.stringify(body) };
  await funding.reserve(payment);
  return payment;
}

/** What a merchant of another server says of a payment is no verdict on it. */
function settleFirst({ channelId, txid }: SignedPayment, server: string): CliError {
  const problem = `the wallet's payment ${txid} on channel ${channelId} of ${server} has no outcome yet; nothing was paid`;
  const nextStep = `Finish it there: p4 pay ws://${server}/ws/${channelId} (or wss). Another wallet file can pay here meanwhile.`;
  return new CliError("failed", problem, nextStep, "PAYMENT_UNSETTLED");
}

/** The server's refusals of a payment that is in no log, and so with no merchant. */
const neverStored: readonly string[] = [
  "ALREADY_PAID",
  "ILLEGAL_STEP",
  "CHANNEL_FULL",
  "MESSAGE_TOO_LARGE",
  "MESSAGE_INVALID",
];

async function askForVerdict(wallet: CustomerSession, payment: SignedPayment, options: PayOptions): Promise<Ack> {
  const { bodyText, messageId } = payment;
  try {
    return await wallet.pay(bodyText, { messageId, ...waitForAnswer(options) });
  } catch (error) {
    if (!isSessionError(error)) throw error;
    if (neverStored.includes(error.code)) {
      await options.funding.settle(payment, false);
      const nextStep = "The server has not stored this payment: its coins are free again.";
      throw new CliError("failed", error.message, nextStep, error.code);
    }
    if (error.code === "PAYMENT_FAILED") await options.funding.renew(payment);
    throw error;
  }
}

async function conclude(
  wallet: CustomerSession,
  payment: SignedPayment,
  { accepted, memo }: Ack,
  options: PayOptions,
): Promise<Omit<PaymentOutcome, "rejection">> {
  const { waitForProof = true, onStep = () => undefined } = options;
  onStep({ step: "acknowledged", accepted, memo });
  await options.funding.settle(payment, accepted);
  const proof = accepted && waitForProof ? await waitForCheckedProof(wallet, payment.txid, options) : null;
  if (proof !== null) onStep({ step: "proved", proof });
  const { channelId, txid, satoshis, feeSatoshis } = payment;
  return { channelId, txid, satoshis, feeSatoshis, accepted, memo, proof };
}

/** Null when no proof that holds comes in time. A bad one is reported, and the wait goes on. */
async function waitForCheckedProof(
  wallet: CustomerSession,
  txid: string,
  { headers = null, proofTimeoutMs = 60_000, onStep = () => undefined, signal }: PayOptions,
): Promise<CheckedProof | null> {
  let checked: CheckedProof | null = null;
  try {
    await wallet.waitForProof({
      txid,
      timeoutMs: proofTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
      accept: async ({ bodyText }) => {
        const verdict = await checkProof(bodyText ?? "", txid, headers, nodeCrypto);
        if (verdict.ok) checked = verdict.proof;
        else onStep({ step: "proofRefused", reason: verdict.reason });
        return verdict.ok;
      },
    });
  } catch (error) {
    // The time is over, or the channel.
    if (!isSessionError(error)) throw error;
  }
  return checked;
}

/** What can be done about it, where the customer can do something. */
const nextSteps: Readonly<Record<string, string>> = {
  CHANNEL_UNKNOWN: "Has the merchant opened it? Is it spelt right?",
  EDGE_TOKEN: "Pass the token that came with the payment URL.",
  MERCHANT_ABSENT: "Is the merchant's wallet running, and is the channel's id that of the invoice?",
  MERCHANT_SILENT: "Ask the merchant.",
  PAYMENT_FAILED: "The merchant could not judge it. The same command asks once more.",
  CHANNEL_EXPIRED: "Ask the merchant. `p4 wallet settle` asks a miner about a payment that has no outcome.",
  CHANNEL_CLOSED: "Ask the merchant. `p4 wallet settle` asks a miner about a payment that has no outcome.",
  ALREADY_PAID: "The invoice is paid. Nothing was paid now.",
};

/** For each answer of the merchant. */
const answerTimeoutMs = 60_000;

function waitForAnswer({ signal }: PayOptions): StepOptions {
  return { timeoutMs: answerTimeoutMs, ...(signal === undefined ? {} : { signal }) };
}

function within(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}
