/** The merchant's verdict on a payment. */
export interface AckOutcome {
  readonly accepted: boolean;
  /** What the merchant says of it; `null` when it says nothing. */
  readonly memo: string | null;
}

/**
 * Reads a `payment.ack`. No body, or one that neither names an error nor denies success, means accepted: Go leaves a zero
 * out. Refused is any `error` but none, 0, false and an empty text (whatever its type: a number of either sign, text, true,
 * an object), and any `success` but true (or 1, or either as text): an answer that is not clear is no yes, since a payer
 * who is told "paid" by mistake does not pay again. Names are compared without regard to case, as Go without tags
 * writes them; of several such members each counts.
 */
export function ackOutcome(bodyText: string | null): AckOutcome {
  return ackOutcomeOf(parseObject(bodyText));
}

/** The same, of a body that is parsed already (`parseBody`). */
export function ackOutcomeOf(json: unknown): AckOutcome {
  if (typeof json !== "object" || json === null) return { accepted: true, memo: null };
  const body = json as Readonly<Record<string, unknown>>;
  const errors = membersOf(body, "error");
  const refused = errors.some(isError) || membersOf(body, "success").some(deniesSuccess);
  const memo =
    firstText([body["memo"], ...membersOf(body, "memo")]) ?? (refused ? firstText(errors.flatMap(reasonsIn)) : null);
  return { accepted: !refused, memo };
}

/**
 * How an ack was read before names were compared without regard to case and `success` counted. What servers stored by
 * that reading still has to verify.
 */
export function formerAckOutcome(bodyText: string | null): AckOutcome {
  const body = parseObject(bodyText);
  if (body === null) return { accepted: true, memo: null };
  const { error, memo } = body;
  return { accepted: !isNamedError(error), memo: typeof memo === "string" ? memo : null };
}

/** The values of all members that are called `name` but for case. */
export function membersOf(object: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  return Object.entries(object).flatMap(([candidate, value]) => (candidate.toLowerCase() === name ? [value] : []));
}

function isError(error: unknown): boolean {
  return isNamedError(error) && !isOneOf(error, ["0", "false"]);
}

function isNamedError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== 0 && error !== false && error !== "";
}

function deniesSuccess(success: unknown): boolean {
  return success !== null && success !== true && success !== 1 && !isOneOf(success, ["true", "1"]);
}

function isOneOf(value: unknown, texts: readonly string[]): boolean {
  return typeof value === "string" && texts.includes(value.trim().toLowerCase());
}

/** The words of an error that is more than a number. */
function reasonsIn(error: unknown): readonly unknown[] {
  if (typeof error === "string") return /^-?\d+$/.test(error) ? [] : [error];
  if (typeof error !== "object" || error === null) return [];
  return ["message", "description", "title"].flatMap((name) => membersOf(error as Record<string, unknown>, name));
}

function firstText(values: readonly unknown[]): string | null {
  return values.find((value) => typeof value === "string") ?? null;
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
