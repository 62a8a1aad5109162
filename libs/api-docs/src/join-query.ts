import { joinParameters, type JoinParameter } from "@p4/protocol";
import type { JsonSchema } from "./json-schema.ts";

/** The parameters of a join as schemas, described once for AsyncAPI, OpenAPI and the page. */
export const joinQuery = joinParameters.map((parameter) => ({
  name: parameter.name,
  description: parameter.description,
  schema: schemaOf(parameter),
}));

function schemaOf({ values, pattern }: JoinParameter): JsonSchema {
  return {
    type: "string",
    ...(values === undefined ? {} : { enum: values }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}
