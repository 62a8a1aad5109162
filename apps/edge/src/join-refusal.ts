import type { UpgradeHead, UpgradeRefusal } from "@p4/http";
import { closeCodeOfStatus } from "@p4/protocol";
import { joinErrors, type JoinErrorCode } from "./errors.ts";

export function joinRefusal(code: JoinErrorCode, detail: string = joinErrors[code].rule): UpgradeRefusal {
  const { status, title } = joinErrors[code];
  const mayPass = status === 429 || status === 503;
  return { status, code, title, detail, ...(mayPass ? { retryAfterSeconds: 1 } : {}) };
}

/** The broker's trouble, under the store's own code. */
export function storeRefusal(code: string, detail: string): UpgradeRefusal {
  return { ...joinRefusal("EDGE_UNREADY", detail), code };
}

/**
 * The code to close a refused join with; null: it is answered as HTTP. The programs of browsers and of Node.js never see
 * that answer, only a close with 1006. Browsers send `Origin` with each upgrade (RFC 6455, section 4.1), Node.js marks its
 * own as the Fetch standard says. Other clients ask by `refusal=close`, such as the SDK on any runtime.
 */
export function closeCodeFor(refusal: UpgradeRefusal, head: UpgradeHead): number | null {
  const wanted = head.query("refusal");
  const isHidden = head.header("origin") !== "" || head.header("sec-fetch-mode") === "websocket";
  return wanted === "close" || (isHidden && wanted !== "http") ? closeCodeOfRefusal(refusal) : null;
}

export function closeCodeOfRefusal({ status }: UpgradeRefusal): number {
  return closeCodeOfStatus(status);
}
