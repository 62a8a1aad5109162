import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** Compiles schemas of a document: their references, `{ $ref: "#/components/..." }`, are to places in that document. */
export function validatorOf(document: object): (schema: object) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addFormat("date-time", (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addSchema(document, "document");
  return (schema) => ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object);
}

/** What in a value departs from a schema, as lines. */
export function problemsOf(validate: ValidateFunction, value: unknown): string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Parsed JSON of which the test itself says what it must hold. */
export type Json = ReturnType<typeof JSON.parse>;
