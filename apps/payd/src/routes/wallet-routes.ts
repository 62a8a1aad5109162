import { json, type HttpResponse } from "@p4/http";
import { PaydError } from "../errors.ts";
import type { InvoiceService } from "../merchant/invoice-service.ts";
import type { Payout } from "../wallet/payout.ts";
import type { PayoutService } from "../wallet/payout-service.ts";
import type { PayoutRepository } from "../wallet/payout-repository.ts";
import { scriptOfAddress } from "../wallet/script-of-address.ts";
import { idOfRequest, type IdempotencyOptions } from "./idempotent.ts";
import type { ScopedRoute } from "./invoice-routes.ts";
import { invalidRequest, readJsonObject } from "./read-json.ts";
import { readQuery } from "./read-query.ts";

export interface WalletRoutesOptions extends IdempotencyOptions {
  readonly invoiceService: InvoiceService;
  readonly payoutService: PayoutService;
  readonly payouts: PayoutRepository;
}

const maxBodyBytes = 4_096;
const maxReasonLength = 500;

/**
 * `POST /api/v1/invoices/:id/refunds` `{satoshis?, address?, reason?}`, `POST /api/v1/wallet/sweep` `{address}`: 201, or 202 while no
 * miner has it. `GET /api/v1/wallet` and `GET /api/v1/payouts/:id`: 200.
 */
export function walletRoutes(options: WalletRoutesOptions): ScopedRoute[] {
  const { invoiceService, payoutService, payouts } = options;
  return [
    {
      scope: "refunds:write",
      method: "POST",
      path: "/api/v1/invoices/:id/refunds",
      maxBodyBytes,
      async handle(request) {
        readQuery(request.query, []);
        const invoice = await invoiceService.get(request.params["id"] ?? "");
        const body = request.body.length === 0 ? new TextEncoder().encode("{}") : request.body;
        const given = readJsonObject(body, ["satoshis", "address", "reason"], "a refund");
        const order = {
          satoshis: readSatoshis(given["satoshis"] ?? null),
          script: given["address"] === undefined ? null : readAddress(given["address"]),
          reason: readReason(given["reason"] ?? null),
        };
        const id = await idOfRequest(request, `refund ${invoice.id}`, order, options);
        return answerOf(await payoutService.refund(invoice.id, order, id));
      },
    },
    {
      scope: "wallet:write",
      method: "POST",
      path: "/api/v1/wallet/sweep",
      maxBodyBytes,
      async handle(request) {
        readQuery(request.query, []);
        const script = readAddress(readJsonObject(request.body, ["address"], "a sweep")["address"]);
        return answerOf(await payoutService.sweep(script, await idOfRequest(request, "sweep", { script }, options)));
      },
    },
    {
      scope: "wallet:read",
      method: "GET",
      path: "/api/v1/wallet",
      async handle({ query }) {
        readQuery(query, []);
        return json(200, await payoutService.balance());
      },
    },
    {
      scope: "wallet:read",
      method: "GET",
      path: "/api/v1/payouts/:id",
      async handle({ params, query }) {
        readQuery(query, []);
        const id = params["id"] ?? "";
        const payout = /^[A-Za-z0-9]{8,20}$/.test(id) ? await payouts.get(id) : null;
        if (payout === null) throw new PaydError("PAYD_PAYOUT_UNKNOWN", `payout ${id.slice(0, 64)} does not exist`);
        return json(200, viewOf(payout));
      },
    },
  ];
}

/** A refusal by the miner is for good: its coins are free again. */
function answerOf(payout: Payout): HttpResponse {
  if (payout.state === "refused") {
    throw new PaydError("PAYD_PAYOUT_REFUSED", `the miner refused the transaction: ${payout.refusal ?? ""}`);
  }
  const location = `/api/v1/payouts/${payout.id}`;
  return json(payout.state === "broadcast" ? 201 : 202, viewOf(payout), { location });
}

function viewOf({ id, kind, invoiceId, satoshis, feeSatoshis, script, reason, txid, rawTx, state, ...rest }: Payout) {
  const createdAt = new Date(rest.createdAtMs).toISOString();
  return { id, kind, invoiceId, state, satoshis, feeSatoshis, script, reason, txid, rawTx, createdAt };
}

function readSatoshis(value: unknown): number | null {
  if (value === null || (typeof value === "number" && Number.isSafeInteger(value) && value >= 1)) return value;
  throw invalidRequest("satoshis: must be a whole number, 1 or more");
}

function readReason(value: unknown): string | null {
  if (value === null || (typeof value === "string" && value.length <= maxReasonLength)) return value;
  throw invalidRequest(`reason: must be a text of at most ${maxReasonLength} characters`);
}

function readAddress(value: unknown): string {
  const script = typeof value === "string" ? scriptOfAddress(value) : null;
  if (script === null) throw invalidRequest("address: must be a P2PKH address");
  return script;
}
