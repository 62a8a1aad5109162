import {
  parseEnvelope,
  parseStrictJsonObject,
  verifyEnvelope,
  type JsonObject,
  type SignaturePolicy,
  type SpvCrypto,
} from "@p4/spv";
import type { Fees } from "@p4/protocol";
import { PaydError, isPaydError } from "../errors.ts";
import { readFees } from "./fee-quote.ts";
import { readBody } from "./read-body.ts";
import { readSubmission, type Submission } from "./submission.ts";

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
  readonly callbackUrl: string;
  /** Sent by the miner as it is, as the Authorization header of its callbacks. */
  readonly callbackToken: string | null;
}

/**
 * mAPI over HTTP. Everything that is not a proper answer is PAYD_MINER_UNAVAILABLE: no answer, 4xx, 5xx, an envelope
 * that does not verify. None of it says anything about the customer's transaction.
 */
export class MapiClient {
  readonly #options: MapiOptions;

  constructor(options: MapiOptions) {
    this.#options = options;
  }

  async feeQuote(signal?: AbortSignal): Promise<Fees> {
    return readFees(await this.#ask("/mapi/feeQuote", { method: "GET" }, signal));
  }

  async submit(submission: TransactionSubmission, signal?: AbortSignal): Promise<Submission> {
    const body = JSON.stringify({
      rawtx: submission.rawTx,
      callbackUrl: submission.callbackUrl,
      ...(submission.callbackToken !== null && { callbackToken: submission.callbackToken }),
      merkleProof: true,
      merkleFormat: "TSC",
      dsCheck: true,
    });
    const request = { method: "POST", headers: { "content-type": "application/json" }, body };
    return readSubmission(await this.#ask("/mapi/tx", request, signal), submission.txid);
  }

  async #ask(path: string, request: RequestInit, signal?: AbortSignal): Promise<JsonObject> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const response = await fetch(this.#options.url + path, {
        ...request,
        redirect: "error",
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const text = await readBody(response);
      if (!response.ok) throw new PaydError("PAYD_MINER_UNAVAILABLE", `${path}: HTTP ${response.status}`);
      return this.#open(text);
    } catch (error) {
      if (isPaydError(error)) throw error;
      throw new PaydError("PAYD_MINER_UNAVAILABLE", `${path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  #open(text: string): JsonObject {
    const { signaturePolicy, crypto } = this.#options;
    const { payloadText, signer } = verifyEnvelope(parseEnvelope(text), signaturePolicy, crypto);
    const payload = parseStrictJsonObject(payloadText, "payload");
    const { minerId } = payload;
    // mAPI makes minerId equal to the signing key; an empty one claims nothing.
    if (signer !== null && typeof minerId === "string" && minerId !== "" && minerId.toLowerCase() !== signer) {
      throw new PaydError("PAYD_MINER_UNAVAILABLE", "minerId: is not the key that signed");
    }
    return payload;
  }
}

/** fetch says only "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
