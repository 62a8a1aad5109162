import type { JsonSchema } from "../json-schema.ts";

/** A route as its server mounts it. */
export interface MountedRoute {
  readonly method: string;
  /** With `:name` parameters. */
  readonly path: string;
}

export interface ParameterDescription {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly schema: JsonSchema;
  readonly required?: boolean;
}

export interface ResponseDescription {
  readonly description: string;
  /** By media type; absent: no body. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Not on every answer of this status. */
  readonly optionalHeaders?: Readonly<Record<string, string>>;
}

export interface OperationDescription extends MountedRoute {
  readonly summary: string;
  readonly tag:
    "Payment bridge" | "Proofs" | "Sockets" | "Operations" | "Descriptions" | "Invoices" | "Wallet" | "Webhooks";
  /** What an API key must be good for. */
  readonly scope?: string;
  readonly parameters?: readonly ParameterDescription[];
  readonly requestBody?: {
    readonly description: string;
    readonly schemas: readonly string[];
    readonly example: unknown;
  };
  readonly responses: Readonly<Record<number, ResponseDescription>>;
}

const schema = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

export function jsonContent(...names: readonly string[]): Readonly<Record<string, JsonSchema>> {
  return { "application/json": names.length === 1 ? schema(names[0]!) : { anyOf: names.map(schema) } };
}

export function problemResponse(description: string, headers?: Readonly<Record<string, string>>): ResponseDescription {
  const content = { "application/problem+json": schema("Problem") };
  return { description, content, ...(headers === undefined ? {} : { headers }) };
}

export const goElsewhere = problemResponse("The region's home is at another site.", { location: "The same there." });

export const retryLater = problemResponse("Not just now: the broker is away, the node is full or shutting down.", {
  "retry-after": "Seconds to wait.",
});
