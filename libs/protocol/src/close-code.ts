/** The codes alone. What each one means to people is in `closeCodes`, which a wallet does not have to carry. */
export const closeCode = {
  channelOver: 4000,
  joinLater: 4100,
  joinElsewhere: 4200,
  overLimits: 4290,
  badJoin: 4400,
  tokenNeeded: 4401,
  channelUnknown: 4404,
  messageTooLarge: 1009,
  internalError: 1011,
  broken: 1006,
} as const;

/** What a wallet does after a close. `dropMessage`: join again, without the message that was too large. */
export type AfterClose = "stop" | "joinLater" | "joinElsewhere" | "dropMessage";

/** The range of a code says what to do, so that a wallet needs no list: a later server may have more codes. */
export const closeCodeRanges = [
  { from: 4000, to: 4099, then: "stop", meaning: "the channel is over" },
  { from: 4100, to: 4199, then: "joinLater", meaning: "not here and now" },
  { from: 4200, to: 4289, then: "joinElsewhere", meaning: "at once, at another node" },
  { from: 4290, to: 4299, then: "joinLater", meaning: "the wallet is over a limit" },
  { from: 4400, to: 4499, then: "stop", meaning: "a refused join that fails again unless it is changed" },
] as const satisfies readonly { from: number; to: number; then: AfterClose; meaning: string }[];

const policyViolation = 1008;

export function afterClose(code: number): AfterClose {
  if (code === closeCode.messageTooLarge) return "dropMessage";
  if (code === policyViolation) return "stop";
  return closeCodeRanges.find(({ from, to }) => code >= from && code <= to)?.then ?? "joinLater";
}

/** Statuses of 400 to 499 that may be another one a moment later (RFC 9110, 8470, 6585). */
const passing = [408, 425, 429];

/** The code of a refusal whose detail is an address: that of the site where the region's home is, as `wss://host`. */
export const homeElsewhere = "EDGE_HOME_ELSEWHERE";

/** The close code that says of a join what this HTTP status says: `4000 + status` where it is final. */
export function closeCodeOfStatus(status: number): number {
  if (status >= 300 && status <= 399) return closeCode.joinElsewhere;
  if (status >= 400 && status <= 499 && !passing.includes(status)) return 4000 + status;
  return status === 500 ? closeCode.internalError : closeCode.joinLater;
}

/** The reason of a refused join. A close frame holds 123 bytes of it. */
export function closeReason(code: string, detail: string): string {
  return `${code}: ${detail}`;
}

/** The error code and the words of a reason that begins with a code, as `closeReason` writes it; null for any other. */
export function readCloseReason(reason: string): { readonly code: string; readonly detail: string } | null {
  const [, code, detail] = /^([A-Z][A-Z0-9_]{2,63}): (.*)$/s.exec(reason) ?? [];
  return code === undefined || detail === undefined ? null : { code, detail };
}
