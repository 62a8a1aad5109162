import { SpvError } from "./errors.ts";
import { CALLBACK_JSON_LIMITS, type JsonObject, parseStrictJsonObject } from "./strict-json.ts";

/** A JSON envelope (BRFC 298e080a4598) whose members have the right types. Nothing is verified yet. */
export interface JsonEnvelope {
  readonly payload: string;
  /** Hex DER, or null together with `publicKey`. */
  readonly signature: string | null;
  readonly publicKey: string | null;
  /** `utf-8` also stands for `json`, which the reference writes on unsigned envelopes. */
  readonly encoding: "utf-8" | "base64";
  readonly mimetype: string | null;
}

/**
 * Reads the body of a proof callback. Throws SPV_TOO_LARGE above 2^20 characters, SPV_JSON_*, SPV_ENVELOPE_INVALID.
 */
export function parseEnvelope(bodyText: string): JsonEnvelope {
  return envelopeOf(parseStrictJsonObject(bodyText, "envelope", CALLBACK_JSON_LIMITS));
}

/** The same of a body that was read by `parseStrictJsonObject`. Throws SPV_ENVELOPE_INVALID. */
export function envelopeOf(body: JsonObject): JsonEnvelope {
  const payload = body["payload"];
  if (typeof payload !== "string" || payload === "") throw invalid("payload: must be a text that is not empty");
  const signed = [optionalText(body["signature"], "signature"), optionalText(body["publicKey"], "publicKey")] as const;
  // Senders without null write two empty texts for "not signed"; one of them is a signature that is wrong.
  const [signature, publicKey] = signed.every((text) => text === "") ? [null, null] : signed;
  if ((signature === null) !== (publicKey === null)) throw invalid("signature, publicKey: both or neither");
  return {
    payload,
    signature,
    publicKey,
    encoding: parseEncoding(body["encoding"]),
    mimetype: optionalText(body["mimetype"], "mimetype"),
  };
}

function parseEncoding(value: unknown): JsonEnvelope["encoding"] {
  const name = typeof value === "string" ? value.toLowerCase() : "";
  if (name === "utf-8" || name === "utf8" || name === "json") return "utf-8";
  if (name === "base64") return "base64";
  throw invalid("encoding: must be UTF-8 or base64");
}

function optionalText(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw invalid(`${field}: must be a text or null`);
  return value;
}

function invalid(rule: string): SpvError {
  return new SpvError("SPV_ENVELOPE_INVALID", rule);
}
