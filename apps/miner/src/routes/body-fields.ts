import { isSpvError, parseStrictJson } from "@p4/spv";

import { BadRequestError } from "./bad-request.ts";

/** Room for one transaction of 10 MB in hex beside its other fields. */
export const MAX_BODY_BYTES = 21_000_000;

const BODY_LIMITS = { maxLength: MAX_BODY_BYTES, maxDepth: 8 };

export type Fields = Readonly<Record<string, unknown>>;

/** Parses a JSON body with bounds on depth. Throws `BadRequestError`. */
export function parseJsonBody(body: Uint8Array): unknown {
  try {
    return parseStrictJson(Buffer.from(body).toString("utf8"), "body", BODY_LIMITS);
  } catch (error) {
    throw isSpvError(error) ? new BadRequestError(error.message) : error;
  }
}

export function asObject(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequestError(`${name}: must be a JSON object`);
  }
  return value as Fields;
}

/** An empty body is an empty object: all fields at their defaults. */
export function parseOptionalObject(body: Uint8Array): Fields {
  return body.length === 0 ? {} : asObject(parseJsonBody(body), "body");
}

export function optionalString(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null || value === "") return null;
  if (typeof value !== "string") throw new BadRequestError(`${name}: must be text`);
  return value;
}

export function requiredString(fields: Fields, name: string): string {
  const value = optionalString(fields, name);
  if (value === null) throw new BadRequestError(`${name}: is missing`);
  return value;
}

export function optionalBoolean(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw new BadRequestError(`${name}: must be true or false`);
  return value;
}

export function optionalInteger(
  fields: Fields,
  name: string,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number {
  const value = fields[name] ?? fallback;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max) {
    throw new BadRequestError(`${name}: must be a whole number from ${min} to ${max}`);
  }
  return value;
}

/** A callback address. `{callbackReason}` is allowed in it. */
export function checkCallbackUrl(text: string, name: string): string {
  const parsed = URL.parse(text.replaceAll("{callbackReason}", "merkleProof"));
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
    throw new BadRequestError(`${name}: must be an http or https URL`);
  }
  return text;
}

/** Header values that could not be sent back are refused when they come in, not when the callback is due. */
export function checkCallbackToken(text: string | null, name: string): string | null {
  if (text !== null && !/^[\x20-\x7e]{1,2000}$/.test(text)) {
    throw new BadRequestError(`${name}: must be 1 to 2000 printable ASCII characters`);
  }
  return text;
}
