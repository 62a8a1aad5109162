import { verifyToken } from "@p4/node-crypto";
import type { Role } from "@p4/protocol";
import type { JoinRequest } from "./join-request.ts";

/** Who may join and who may open a channel. Each of `secrets` may have signed a join token. */
export type JoinPolicy =
  | { readonly kind: "open" }
  | { readonly kind: "merchant-first" }
  | { readonly kind: "token"; readonly secrets: readonly string[] };

export type JoinVerdict =
  | {
      readonly admitted: true;
      readonly role: Role | null;
      readonly mayOpen: boolean;
      readonly byToken: boolean;
      /** When the token ends, and with it what it has let in; null for never. */
      readonly endsAtMs: number | null;
    }
  | { readonly admitted: false };

export function judgeJoin(policy: JoinPolicy, join: JoinRequest, nowMs: number): JoinVerdict {
  switch (policy.kind) {
    case "open":
      return { admitted: true, role: join.role, mayOpen: true, byToken: false, endsAtMs: null };
    case "merchant-first":
      return { admitted: true, role: join.role, mayOpen: join.role === "merchant", byToken: false, endsAtMs: null };
    case "token": {
      const verdict = verifyToken(policy.secrets, join.channelId, join.token ?? "", nowMs);
      if (!verdict.valid || (join.role !== null && join.role !== verdict.role)) return { admitted: false };
      const { role, expiresAtMs: endsAtMs } = verdict;
      return { admitted: true, role, mayOpen: role === "merchant", byToken: true, endsAtMs };
    }
  }
}
