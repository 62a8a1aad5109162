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
