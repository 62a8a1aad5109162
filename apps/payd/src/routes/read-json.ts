import { PaydError } from "../errors.ts";

/** A request's JSON object, without members that are not in `names`. Throws PAYD_INVALID_REQUEST, which names the member. */
export function readJsonObject(body: Uint8Array, names: readonly string[], what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw invalidRequest("body: must be JSON in UTF-8");
  }
  if (!isObject(value)) throw invalidRequest("body: must be a JSON object");
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown === undefined) return value;
  throw invalidRequest(`${unknown.slice(0, 64)}: is not a member of ${what}: ${names.join(", ")}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `rule` names the member or parameter first. */
export function invalidRequest(rule: string): PaydError {
  return new PaydError("PAYD_INVALID_REQUEST", rule);
}
