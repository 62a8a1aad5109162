import { tokenIdOf, verifyToken } from "@p4/node-crypto";
import type { Grant, Grants } from "./grants.ts";
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
      /** What the token grants for as long as it stands; null: none was asked for. */
      readonly grant: Grant | null;
    }
  | { readonly admitted: false };

export interface JoinJudge {
  readonly policy: JoinPolicy;
  readonly grants: Pick<Grants, "endOf">;
  readonly nowMs: () => number;
}

export function judgeJoin(join: JoinRequest, { policy, grants, nowMs }: JoinJudge): JoinVerdict {
  switch (policy.kind) {
    case "open":
      return { admitted: true, role: join.role, mayOpen: true, grant: null };
    case "merchant-first":
      return { admitted: true, role: join.role, mayOpen: join.role === "merchant", grant: null };
    case "token": {
      const token = join.token ?? "";
      const verdict = verifyToken(policy.secrets, join.channelId, token, nowMs());
      if (!verdict.valid || (join.role !== null && join.role !== verdict.role)) return { admitted: false };
      const grant = { tokenId: tokenIdOf(token), endsAtMs: verdict.expiresAtMs };
      if (grants.endOf(grant) !== null) return { admitted: false };
      return { admitted: true, role: verdict.role, mayOpen: verdict.role === "merchant", grant };
    }
  }
}
