import { verifyToken } from "@p4/node-crypto";
import type { Role } from "@p4/protocol";
import type { JoinRequest } from "./join-request.ts";

/** Who may join and who may open a channel. Each of `secrets` may have signed a join token. */
export type JoinPolicy =
  | { readonly kind: "open" }
  | { readonly kind: "merchant-first" }
  | { readonly kind: "token"; readonly secrets: readonly string[] };

export type JoinVerdict =
  | { readonly admitted: true; readonly role: Role | null; readonly mayOpen: boolean; readonly byToken: boolean }
  | { readonly admitted: false };

export function judgeJoin(policy: JoinPolicy, join: JoinRequest, nowMs: number): JoinVerdict {
  switch (policy.kind) {
    case "open":
      return { admitted: true, role: join.role, mayOpen: true, byToken: false };
    case "merchant-first":
      return { admitted: true, role: join.role, mayOpen: join.role === "merchant", byToken: false };
    case "token": {
      const verdict = verifyToken(policy.secrets, join.channelId, join.token ?? "", nowMs);
      if (!verdict.valid || (join.role !== null && join.role !== verdict.role)) return { admitted: false };
      return { admitted: true, role: verdict.role, mayOpen: verdict.role === "merchant", byToken: true };
    }
  }
}
