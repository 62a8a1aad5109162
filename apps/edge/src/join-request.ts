import type { HttpRequest } from "@p4/http";
import { isChannelId, strayParameter, visibleText, type Dialect, type Role } from "@p4/protocol";
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

/**
 * Reads `GET /ws/:channelID?internal=&role=&dialect=&since=&receipts=&token=&wallet=&refusal=`. What is misspelt or given twice is
 * refused by name; `unknown: "ignored"` is for URLs that are not a join's alone.
 */
export function readJoinRequest(
  channelId: string,
  request: JoinHead,
  unknown: "refused" | "ignored" = "refused",
): JoinRequestResult {
  const { query } = request;
  if (!isChannelId(channelId)) return refused("channelID", "1 to 64 of A-Z, a-z, 0-9, _ and -");
  const stray = strayParameter(query, unknown);
  if (stray !== null) return refused(visibleText(stray.name).slice(0, longestName), stray.rule);
  const isInternal = query.get("internal") === "true";
  const role = query.get("role") as Role | null;
  if (isInternal && role === "customer") return refused("role", "internal=true is the merchant");
  const subprotocol = offeredDialect(request);
  if (subprotocol === undefined) return refused("Sec-WebSocket-Protocol", "p4 or dpp, or none");
  const tokens = new Set(
    [query.get("token"), offeredToken(request), bearerOf(request)].filter((text) => text !== null),
  );
  if (tokens.size > 1) return refused("token", "one, in the URL, as a subprotocol or as Authorization: Bearer");
  const since = query.get("since");
  const join: JoinRequest = {
    channelId,
    role: isInternal ? "merchant" : role,
    speech: speechOf((query.get("dialect") as Dialect | null) ?? subprotocol, request),
    subprotocol,
    since: since === null ? null : Number(since),
    wantsReceipts: query.get("receipts") === "true",
    token: [...tokens][0] ?? null,
    wallet: query.get("wallet"),
  };
  return { ok: true, join };
}

/** Of an unknown parameter; the client knows the rest. */
const longestName = 40;

function refused(field: string, rule: string): JoinRequestResult {
  return { ok: false, field, rule };
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

/** Null: none is offered. Undefined: none of those offered is one, and a browser would fail without. */
function offeredDialect({ headers }: JoinHead): Dialect | null | undefined {
  const offered = headers.get("sec-websocket-protocol");
  if (offered === undefined) return null;
  return subprotocolsIn(offered).find(isDialect);
}

function subprotocolsIn(offered: string): string[] {
  return offered.split(",").map((name) => name.trim());
}

/** A page can send no header of its own, and URLs are logged: so the token may stand beside the dialect, which is confirmed. */
const tokenPrefix = "p4.token.";

function offeredToken({ headers }: JoinHead): string | null {
  const named = subprotocolsIn(headers.get("sec-websocket-protocol") ?? "").find((name) =>
    name.startsWith(tokenPrefix),
  );
  return named?.slice(tokenPrefix.length) ?? null;
}

function bearerOf(request: JoinHead): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}
