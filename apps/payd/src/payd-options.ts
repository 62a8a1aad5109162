import type { DocumentStore } from "@p4/event-store";
import type { HeaderPolicy, HeaderSource, SignaturePolicy, SpvCrypto } from "@p4/spv";
import type { Logger, Metrics } from "@p4/telemetry";
import type { MerchantProfile } from "./invoice/payment-request.ts";
import type { RateSource } from "./price/rate-source.ts";
import type { RetryPolicy } from "./mapi/broadcaster.ts";

/** URLs are without a slash at the end. */
export interface PaydOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Host names, without a port, under which it may be called beside `host` and those of the loopback. */
  readonly allowedHosts?: readonly string[];
  /** Where customers reach its pages: `http://host:port`. Default: where it listens. */
  readonly publicUrl?: string;
  /** Page of a wallet in the browser, for checkout pages to link to: it takes the payment URL as its fragment. */
  readonly walletUrl?: string;
  /** Where this wallet reaches the P4 server: `ws://host:port`. */
  readonly socketUrl: string;
  /** Where customers reach it, for payment URLs. Default: `socketUrl`. */
  readonly publicSocketUrl?: string;
  /** Where miners reach the proof endpoint: `http://host:port`. */
  readonly callbackUrl: string;
  /** Bearer token that the proof endpoint asks of miners. */
  readonly callbackToken?: string | null;
  /** Makes join tokens, where the server asks for them: payd's own, and the one in each payment URL. */
  readonly joinSecret?: string | null;
  /** Life of a channel, and how long after it an answer is taken: a customer's token is good for an invoice's time and these. Default 0. */
  readonly channelLifeMs?: number;
  /** mAPI of the miner. */
  readonly minerUrl: string;
  readonly signaturePolicy?: SignaturePolicy;
  readonly headers: HeaderSource;
  /** Whether a proof from a block that the header source does not know settles an invoice. Default `accept-unknown`. */
  readonly headerPolicy?: HeaderPolicy;
  /** Whether payments must bring their ancestors. Default true; needs a header source that knows the chain. */
  readonly ancestryRequired?: boolean;
  readonly documents: DocumentStore;
  /** The merchant's API keys (see `ApiKeys`). Default: there are none. */
  readonly apiKeys?: DocumentStore;
  /** For invoices that are priced in a currency. Default: there are none. */
  readonly rates?: RateSource;
  /** Addresses and CIDR ranges that webhooks may be sent to although they are not public. Default none. */
  readonly webhookAllow?: readonly string[];
  /** Whether programs of this machine need a key too. Default false. */
  readonly keyAlwaysRequired?: boolean;
  /** The master key is kept in `<dataDir>/master.key`, its fingerprint in `documents`. */
  readonly dataDir: string;
  /** Encrypts the master key in its file. Default: it lies open. */
  readonly passphrase?: string | null;
  readonly network?: string;
  readonly merchant?: MerchantProfile;
  readonly joinTimeoutMs?: number;
  readonly retry?: RetryPolicy;
  readonly headerRetryDelaysMs?: readonly number[];
  /** Pause before another attempt to take up the invoices of the last run, and at a broadcast without an answer. Default 5 s. */
  readonly resumeRetryMs?: number;
  readonly crypto?: SpvCrypto;
  readonly now?: () => number;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

export const minerTimeoutMs = 5_000;
export const invoiceExpiryMs = 3_600_000;

export const defaults = {
  joinTimeoutMs: 8_000,
  resumeRetryMs: 5_000,
  network: "regtest",
  merchant: { name: "P4 reference merchant", email: "", address: "", avatar: "" },
  /** A header service hears of a block some time after the miner that found it. */
  headerRetryDelaysMs: [500, 1_000, 2_000, 5_000, 15_000, 60_000],
} as const;
