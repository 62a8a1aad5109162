import { problem, type HttpRequest, type HttpResponse } from "@p4/http";
import type { Role } from "@p4/protocol";
import type { EdgeContext } from "../edge-context.ts";
import { joinErrors } from "../errors.ts";
import type { Grant } from "../grants.ts";
import { rejectNewChannel } from "../join-channel.ts";
import { judgeJoin } from "../join-policy.ts";
import { readJoinRequest, type JoinRequest } from "../join-request.ts";
import { invalid, retryLater } from "./bridge-problems.ts";

export type Admission =
  | { readonly ok: true; readonly join: JoinRequest; readonly role: Role; readonly grant: Grant | null }
  | { readonly ok: false; readonly response: HttpResponse };

/**
 * Who may come in over HTTP: the join policy's question, asked as for a socket. Without a claim the peer is a customer.
 * Nothing that comes in here ever opens a channel.
 */
export function admit(idParameter: "paymentID" | "channelID", request: HttpRequest, context: EdgeContext): Admission {
  // A payment URL may have been through other hands, which add parameters of their own.
  const unknown = idParameter === "paymentID" ? "ignored" : "refused";
  const read = readJoinRequest(request.params[idParameter] ?? "", request, unknown);
  if (!read.ok) return refused(invalid(read.field === "channelID" ? idParameter : read.field, read.rule));
  const elsewhere = context.home.redirect(request);
  if (elsewhere !== null) return refused(elsewhere);
  const unready = context.unready();
  if (unready !== null) return refused(retryLater("EDGE_UNREADY", unready));
  const verdict = judgeJoin(read.join, context);
  if (!verdict.admitted) return refused(tokenNeeded(joinErrors.EDGE_TOKEN.rule));
  const busy = rejectNewChannel(read.join.channelId, context);
  if (busy !== null) return refused(retryLater(busy.code, busy.detail));
  return { ok: true, join: read.join, role: verdict.role ?? "customer", grant: verdict.grant };
}

export function tokenNeeded(detail: string): HttpResponse {
  const { status, title } = joinErrors.EDGE_TOKEN;
  return problem(status, { code: "EDGE_TOKEN", title, detail });
}

function refused(response: HttpResponse): Admission {
  return { ok: false, response };
}
