import { schemas } from "@p4/protocol";

/** A JSON Schema (2020-12, the dialect of OpenAPI 3.1 and AsyncAPI 3). */
export type JsonSchema = Readonly<Record<string, unknown>>;

export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/**
 * The schemas of the wire by name, as the types have them. One is put together here: until a peer has shown its dialect,
 * messages have the members of both.
 */
export function wireSchemas(): Readonly<Record<string, JsonSchema>> {
  const all = schemas() as Readonly<Record<string, JsonSchema>>;
  const { P4Frame: p4, DppFrame: dpp } = all as Readonly<Record<string, ObjectSchema & JsonSchema>>;
  if (p4 === undefined || dpp === undefined) throw new Error("the protocol has no frames");
  const undecided = {
    ...p4,
    properties: {
      ...p4.properties,
      type: dpp.properties["type"],
      clientID: dpp.properties["clientID"],
      headers: { anyOf: [p4.properties["headers"], dpp.properties["headers"]] },
    },
    required: [...p4.required, "type", "clientID"],
    description:
      "A message to a peer whose dialect is not known yet: the document's members, and the deployed library's names.",
  };
  return { ...all, UndecidedFrame: undecided };
}
