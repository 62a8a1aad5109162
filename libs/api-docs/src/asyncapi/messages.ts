import { messageCatalogue, nameOfKey, type MessageSpec } from "@p4/protocol";
import type { MessageErrorDescription } from "../error-description.ts";
import { schemaRef, type JsonSchema } from "../json-schema.ts";
import { bodySchemaNames, headersOf } from "./message-descriptions.ts";
import { messageExamples } from "./message-examples.ts";

/** All messages as AsyncAPI message objects, by key. */
export function messages(errors: readonly MessageErrorDescription[]): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries([
    ...messageCatalogue.map((spec) => [spec.key, message(spec, errors)] as const),
    ["health.join.success", healthGreeting],
  ]);
}

function message(spec: MessageSpec, errors: readonly MessageErrorDescription[]): JsonSchema {
  return {
    name: spec.key,
    title: spec.key,
    summary: spec.summary,
    contentType: "application/json",
    payload: spec.key === "error" ? errorPayload : payload(spec),
    examples: messageExamples(spec),
    "x-from": spec.from,
    ...(otherNameOf(spec.key) === null ? {} : { "x-other-name": otherNameOf(spec.key) }),
    "x-wrapper-headers": headersOf(spec.key).map(({ name, description }) => ({ name, description })),
    ...(spec.key === "error" ? { "x-error-codes": errors } : {}),
  };
}

const errorPayload = { anyOf: [schemaRef("P4ErrorFrame"), schemaRef("DppErrorFrame")] };

const healthGreeting: JsonSchema = {
  name: "join.success",
  title: "join.success on the health channel",
  summary: "Tells that the server lives. No channel stands behind it, so it has no deadline and no sequence.",
  contentType: "application/json",
  payload: { anyOf: [schemaRef("P4Frame"), schemaRef("DppFrame"), schemaRef("UndecidedFrame")] },
  "x-from": ["server"],
  "x-wrapper-headers": [],
};

/** What wallets of the third deployed dialect call the message; they are answered under that name. */
function otherNameOf(key: string): string | null {
  const name = nameOfKey(key, "paymentterms");
  return name === key ? null : name;
}

/** The wrapper in each form, with what this key asks of it. */
function payload({ key, body }: MessageSpec): JsonSchema {
  const headers = (value: JsonSchema): JsonSchema => ({
    properties: Object.fromEntries(headersOf(key).map(({ name }) => [name, value])),
    required: headersOf(key).flatMap(({ name, optional = false }) => (optional ? [] : [name])),
  });
  const text = headers({ type: "string" });
  const list = headers({ type: "array", items: { type: "string" }, minItems: 1 });
  const otherName = otherNameOf(key);
  const named: JsonSchema = otherName === null ? { const: key } : { enum: [key, otherName] };
  const bodySchema = { body: bodyOf(bodySchemaNames(body)) };
  const form = (frame: string, properties: Readonly<Record<string, unknown>>): JsonSchema => ({
    allOf: [schemaRef(frame), { properties: { ...properties, ...bodySchema } }],
  });
  return {
    anyOf: [
      form("P4Frame", { key: named, headers: text }),
      form("DppFrame", { type: named, headers: list }),
      form("UndecidedFrame", { key: named, type: named, headers: { anyOf: [text, list] } }),
    ],
  };
}

/** A body of no known vocabulary is passed on as well: the merchant judges, not the server. */
function bodyOf(names: readonly string[]): JsonSchema {
  if (names.length === 0) return { description: "None: `null`." };
  return { anyOf: [...names.map(schemaRef), { description: "Any other vocabulary, or `null`: passed on as it is." }] };
}
