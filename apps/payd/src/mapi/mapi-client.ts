import { openMapiAnswer, readMapiSubmission } from "@p4/spv";
import type { JsonObject, MapiSubmission, SignaturePolicy, SpvCrypto } from "@p4/spv";
import type { Fees } from "@p4/protocol";
import { PaydError, isPaydError } from "../errors.ts";
import { readFees } from "./fee-quote.ts";
import { readBody } from "./read-body.ts";

export interface MapiOptions {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly signaturePolicy: SignaturePolicy;
  readonly crypto: SpvCrypto;
  /** For one request, from the first byte to the last. */
  readonly timeoutMs: number;
}

export interface TransactionSubmission {
  readonly txid: string;
  /** Raw or Extended Format hex. */
  readonly rawTx: string;
  /** Null: nothing is to be told of it later. */
  readonly callbackUrl: string | null;
  /** Sent by the miner as it is, as the Authorization header of its callbacks. */
  readonly callbackToken: string | null;
}

/** Statuses of a miner that does not serve a request. */
const notOffered = [400, 404, 405, 501];

/**
 * mAPI over HTTP. Everything that is not a proper answer is PAYD_MINER_UNAVAILABLE: no answer, 4xx, 5xx, an envelope
 * that does not verify. None of it says anything about the customer's transaction.
 */
export class MapiClient {
  readonly #options: MapiOptions;

  constructor(options: MapiOptions) {
    this.#options = options;
  }

  feeQuote(signal?: AbortSignal): Promise<Fees> {
    return this.#ask("/mapi/feeQuote", { method: "GET" }, readFees, signal);
  }

  submit(submission: TransactionSubmission, signal?: AbortSignal): Promise<MapiSubmission> {
    const body = JSON.stringify({
      rawtx: submission.rawTx,
      ...(submission.callbackUrl !== null && {
        callbackUrl: submission.callbackUrl,
        ...(submission.callbackToken !== null && { callbackToken: submission.callbackToken }),
        merkleProof: true,
        merkleFormat: "TSC",
        dsCheck: true,
      }),
    });
    const request = { method: "POST", headers: { "content-type": "application/json" }, body };
    return this.#ask("/mapi/tx", request, (payload) => readMapiSubmission(payload, submission.txid), signal);
  }

  /** Whether the miner has the transaction, in a block or waiting for one. False also where it cannot be asked that. */
  async knows(txid: string, signal?: AbortSignal): Promise<boolean> {
    const read = (payload: JsonObject): boolean => readMapiSubmission(payload, txid).accepted;
    return this.#ask(`/mapi/tx/${txid}`, { method: "GET" }, read, signal, false);
  }

  async #ask<Answer>(
    path: string,
    request: RequestInit,
    read: (payload: JsonObject) => Answer,
    signal?: AbortSignal,
    ifNotOffered?: Answer,
  ): Promise<Answer> {
    const { url, signaturePolicy, crypto, timeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url + path, {
        ...request,
        redirect: "error",
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const text = await readBody(response);
      if (ifNotOffered !== undefined && notOffered.includes(response.status)) return ifNotOffered;
      if (!response.ok) throw new PaydError("PAYD_MINER_UNAVAILABLE", `${path}: HTTP ${response.status}`);
      return read(openMapiAnswer(text, signaturePolicy, crypto));
    } catch (error) {
      if (isPaydError(error)) throw error;
      throw new PaydError("PAYD_MINER_UNAVAILABLE", `${path}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** fetch says only "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
