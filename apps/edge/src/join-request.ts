import type { HttpRequest } from "@p4/http";
import { isChannelId, type Dialect, type Role } from "@p4/protocol";
import type { PeerSpeech } from "./peer-speech.ts";

/** What a wallet says when it joins, all of it in the URL and the subprotocol. */
export interface JoinRequest {
  readonly channelId: string;
  readonly role: Role | null;
  readonly speech: PeerSpeech;
  /** The chosen subprotocol, to be confirmed in the upgrade. */
  readonly subprotocol: string | null;
  readonly since: number | null;
  readonly wantsReceipts: boolean;
  readonly token: string | null;
  /** A secret of the wallet's own, by which it is known again on another connection. */
  readonly wallet: string | null;
}

type JoinHead = Pick<HttpRequest, "query" | "headers">;

export type JoinRequestResult =
  | { readonly ok: true; readonly join: JoinRequest }
  | { readonly ok: false; readonly field: string; readonly rule: string };

/** Reads `GET /ws/:channelID?internal=&role=&dialect=&since=&receipts=&token=&wallet=`. */
export function readJoinRequest(channelId: string, request: JoinHead): JoinRequestResult {
  const { query } = request;
  if (!isChannelId(channelId)) return refused("channelID", "1 to 64 of A-Z, a-z, 0-9, _ and -");
  const role = roleOf(query);
  if (role === undefined) return refused("role", "merchant or customer, and internal=true is the merchant");
  const subprotocol = offeredDialect(request);
  const named = query.get("dialect") ?? subprotocol;
  if (named !== null && !isDialect(named)) return refused("dialect", "p4 or dpp");
  const since = query.get("since");
  if (since !== null && !/^\d{1,15}$/.test(since)) return refused("since", "the sequence of an event: 0 or more");
  const wallet = query.get("wallet");
  if (wallet !== null && !/^[A-Za-z0-9_-]{16,128}$/.test(wallet)) {
    return refused("wallet", "a secret of 16 to 128 of A-Z, a-z, 0-9, _ and -");
  }
  const join: JoinRequest = {
    channelId,
    role,
    speech: speechOf(named, request),
    subprotocol,
    since: since === null ? null : Number(since),
    wantsReceipts: query.get("receipts") === "true",
    token: query.get("token") ?? bearerOf(request),
    wallet,
  };
  return { ok: true, join };
}

function refused(field: string, rule: string): JoinRequestResult {
  return { ok: false, field, rule };
}

/** Undefined: contradictory or unknown. Exactly `internal=true` is the merchant: that is what wallets in use send. */
function roleOf(query: URLSearchParams): Role | null | undefined {
  const named = query.get("role");
  const internal = query.get("internal") === "true";
  if (named === null) return internal ? "merchant" : null;
  if (named !== "merchant" && named !== "customer") return undefined;
  return internal && named === "customer" ? undefined : named;
}

/**
 * How to write to a peer that has not spoken yet. Go's HTTP client, recognised by its User-Agent, needs headers as lists.
 * A merchant that joins with `internal=true` is either the Go library or ElectrumSV, and is asked before it speaks: the
 * former passes over a name that it does not know, the latter ends the connection.
 */
function speechOf(named: Dialect | null, { query, headers }: JoinHead): PeerSpeech {
  const internal = query.get("internal") === "true";
  if (named !== null) return { encoding: named, names: "paymentrequest", internal };
  const isGo = /^Go-http-client\//i.test(headers.get("user-agent") ?? "");
  if (internal) return { encoding: "dpp", names: isGo ? "paymentrequest" : "unknown", internal };
  return { encoding: isGo ? "bothGo" : "both", names: "paymentrequest", internal };
}

function isDialect(text: string): text is Dialect {
  return text === "p4" || text === "dpp";
}

function offeredDialect(request: JoinHead): Dialect | null {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  return offered.find(isDialect) ?? null;
}

function bearerOf(request: JoinHead): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}
