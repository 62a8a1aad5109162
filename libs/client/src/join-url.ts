import { type Dialect, isChannelId, type Role } from "@p4/protocol";
import { sessionError } from "./errors.ts";

export interface JoinQuery {
  readonly role: Role;
  readonly dialect: Dialect;
  readonly token: string | null;
  /** A secret of this wallet, by which the server knows it again on another connection. */
  readonly wallet: string;
  /** Sequence of the last message received; null on the first join. */
  readonly since: number | null;
}

/** The channel that a payment URL names: its last path segment. Throws URL_INVALID. */
export function channelIdOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const channelId = parsed?.pathname.split("/").at(-1) ?? "";
  const isSocket = parsed?.protocol === "ws:" || parsed?.protocol === "wss:";
  if (!isSocket || !isChannelId(channelId)) throw sessionError("URL_INVALID", `got ${url}`);
  return channelId;
}

/**
 * A session's own address, or that of its channel at another site that the server has told of, as `wss://host`. What cannot be
 * used is passed over: no address, or one that would give up the encryption of the own one.
 */
export function addressAt(own: string, elsewhere: string | null): string {
  if (elsewhere === null || !URL.canParse(elsewhere)) return own;
  const [from, target] = [new URL(own), new URL(elsewhere)];
  const isSafe = target.protocol === "wss:" || (target.protocol === "ws:" && from.protocol === "ws:");
  if (!isSafe || target.username !== "" || target.search !== "" || target.hash !== "") return own;
  target.pathname = `${target.pathname.replace(/\/+$/, "")}/ws/${channelIdOf(own)}`;
  target.search = from.search;
  return target.href;
}

/** The address to connect to. Query parameters that the caller put there stay. */
export function joinUrl(url: string, { role, dialect, token, wallet, since }: JoinQuery): string {
  const target = new URL(url);
  target.searchParams.set("role", role);
  // The deployed proxies know the merchant by this mark alone.
  if (role === "merchant") target.searchParams.set("internal", "true");
  target.searchParams.set("dialect", dialect);
  if (token !== null) target.searchParams.set("token", token);
  target.searchParams.set("receipts", "true");
  target.searchParams.set("wallet", wallet);
  // A close says why in every runtime; the answer to a refused upgrade is hidden in most.
  target.searchParams.set("refusal", "close");
  if (since !== null) target.searchParams.set("since", String(since));
  return target.href;
}
