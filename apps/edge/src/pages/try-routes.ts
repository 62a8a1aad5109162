import { json, jsonFields, problem, TokenBuckets, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import type { HeaderSource } from "@p4/spv";

export interface TryRoutesOptions {
  /** The development miner, which has a faucet. */
  readonly minerUrl: string;
  readonly headers: HeaderSource;
  /** Where this process reaches the merchant's wallet that runs beside the edge; null: none does. */
  readonly paydUrl: string | null;
  readonly nowMs: () => number;
}

const maxSatoshis = 100_000_000;
const faucetTimeoutMs = 10_000;
const invoiceTimeoutMs = 5_000;
/** Coins of one address: each is a transaction and a block of the little chain. */
const coinLimit = { burst: 20, perSecond: 1 };
const invalid = (detail: string): HttpResponse =>
  problem(400, { code: "TRY_INVALID", title: "invalid request", detail });

/**
 * What the wallet at `/try` needs beside the channel: `POST /try/coins` `{address, satoshis}` has the development miner's faucet
 * pay, `POST /try/block` `{merkleRoot, blockHash?, blockHeight?}` asks this server's source of headers, `POST /try/invoice`
 * `{invoice}` asks the shop beside it for an invoice's payment link. Through this server, because its pages may call no other;
 * and for its own pages alone, although the edge's other routes answer pages of all origins.
 */
export function tryRoutes({ minerUrl, headers, paydUrl, nowMs }: TryRoutesOptions): HttpRoute[] {
  const buckets = new TokenBuckets(coinLimit, nowMs());
  const coins = async ({ body, remoteAddress }: HttpRequest): Promise<HttpResponse> => {
    const { address, satoshis } = jsonFields(body);
    if (typeof address !== "string" || !/^[1-9A-HJ-NP-Za-km-z]{26,36}$/.test(address)) {
      return invalid("address: must be a Bitcoin address");
    }
    const isAmount = typeof satoshis === "number" && Number.isSafeInteger(satoshis);
    if (!isAmount || satoshis < 1 || satoshis > maxSatoshis) {
      return invalid(`satoshis: must be a whole number from 1 to ${maxSatoshis}`);
    }
    if (!buckets.take(remoteAddress, nowMs())) {
      const detail = "coins: too many were asked for from this address";
      return problem(429, { code: "TRY_TOO_MANY", title: "try again later", detail }, { "retry-after": "5" });
    }
    return askFaucet(`${minerUrl}/dev/faucet`, { address, satoshis });
  };
  const block = async ({ body }: HttpRequest): Promise<HttpResponse> => {
    const { merkleRoot, blockHash, blockHeight } = jsonFields(body);
    if (!isHash(merkleRoot)) return invalid("merkleRoot: must be 64 hexadecimal digits");
    if (blockHash !== undefined && !isHash(blockHash)) return invalid("blockHash: must be 64 hexadecimal digits");
    if (blockHeight !== undefined && !Number.isSafeInteger(blockHeight))
      return invalid("blockHeight: must be a number");
    const claim = {
      merkleRoot,
      ...(blockHash !== undefined && { blockHash }),
      ...(typeof blockHeight === "number" && { blockHeight }),
    };
    return json(200, await headers.lookup(claim));
  };
  const invoice = ({ body }: HttpRequest): Promise<HttpResponse> | HttpResponse => {
    const { invoice: id } = jsonFields(body);
    if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(id)) return invalid("invoice: must be an invoice's id");
    return askShop(paydUrl, id);
  };
  const handlers = { "/try/coins": coins, "/try/block": block, "/try/invoice": invoice };
  return Object.entries(handlers).map(([path, handle]): HttpRoute => ({
    method: "POST",
    path,
    maxBodyBytes: 1_024,
    handle: (request) => (isOfOwnPage(request) ? handle(request) : foreignPage),
  }));
}

const foreignPage = problem(403, {
  code: "TRY_ORIGIN",
  title: "not for pages of other origins",
  detail: "origin: must be this server",
});

/** Programs, which name no origin, may ask too. */
function isOfOwnPage({ headers }: HttpRequest): boolean {
  const origin = headers.get("origin");
  const host = (headers.get("host") ?? "").toLowerCase();
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

const otherShop =
  "If the page is of another server, copy the payment link that stands below its QR code, and paste that here.";

async function askShop(paydUrl: string | null, id: string): Promise<HttpResponse> {
  const unknown = (what: string): HttpResponse =>
    problem(404, { code: "TRY_INVOICE", title: "no such invoice", detail: `${what} ${otherShop}` });
  if (paydUrl === null) return unknown("No shop runs beside this server, so it knows no checkout pages.");
  try {
    const response = await fetch(`${paydUrl}/i/${id}`, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(invoiceTimeoutMs),
    });
    if (response.status === 404) return unknown(`The shop of this server has no invoice ${id}.`);
    const { paymentUrl } = (await response.json()) as { readonly paymentUrl?: unknown };
    if (response.ok && typeof paymentUrl === "string")
      return json(200, { paymentUrl }, { "cache-control": "no-store" });
  } catch {
    // Told below.
  }
  const detail = "the shop of this server does not answer at the moment";
  return problem(503, { code: "TRY_NO_SHOP", title: "no answer", detail }, { "retry-after": "1" });
}

async function askFaucet(url: string, order: object): Promise<HttpResponse> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(faucetTimeoutMs),
    });
    if (response.ok) return json(200, await response.json());
  } catch {
    // Told below.
  }
  const detail = "the development miner gives no coins at the moment";
  return problem(503, { code: "TRY_NO_COINS", title: "no coins", detail }, { "retry-after": "1" });
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
