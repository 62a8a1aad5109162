import { wireSchemas, type JsonSchema } from "../json-schema.ts";
import { bridgeOperations } from "./bridge-operations.ts";
import { httpSchemas } from "./http-schemas.ts";
import type { MountedRoute, OperationDescription, ParameterDescription, ResponseDescription } from "./operation.ts";
import { docsOperations, operationsOperations, socketOperations } from "./other-operations.ts";
import { proofOperations } from "./proof-operations.ts";

/** Every operation that has a description, mounted or not. */
export const describedOperations: readonly OperationDescription[] = [
  ...bridgeOperations,
  ...proofOperations,
  ...socketOperations,
  ...operationsOperations,
  ...docsOperations,
];

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  /** What this server mounts: no more and no less is described. */
  readonly mounted: readonly MountedRoute[];
}

/** The HTTP routes as an OpenAPI 3.1 document. A route without a description is in it, marked `x-undescribed`. */
export function openApi({ title, version, mounted }: OpenApiOptions): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of mounted) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: `${title}: HTTP`,
      version,
      description:
        "For wallets without sockets, for miners' callbacks and for operators. The sockets are in asyncapi.json.",
      license: { name: "MIT", identifier: "MIT" },
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    servers: [{ url: "/", description: "The node that serves this description." }],
    tags: [...new Set(describedOperations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: { ...wireSchemas(), ...httpSchemas } },
  };
}

export function describe({ method, path }: MountedRoute): OperationDescription | undefined {
  return describedOperations.find((described) => described.method === method && described.path === path);
}

function operation(route: MountedRoute): JsonSchema {
  const operationId = `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`;
  const described = describe(route);
  if (described === undefined) {
    return { operationId, "x-undescribed": true, responses: { default: { description: "Not described." } } };
  }
  const { summary, tag, parameters = [], requestBody, responses } = described;
  return {
    operationId,
    summary,
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameter) }),
    ...(requestBody === undefined ? {} : { requestBody: body(requestBody) }),
    responses: Object.fromEntries(Object.entries(responses).map(([status, each]) => [status, response(each)])),
  };
}

function parameter({ required = false, ...rest }: ParameterDescription): JsonSchema {
  return { ...rest, required: required || rest.in === "path" };
}

function body({ description, schemas, example }: NonNullable<OperationDescription["requestBody"]>): JsonSchema {
  const schema = { anyOf: schemas.map((name) => ({ $ref: `#/components/schemas/${name}` })) };
  return { description, required: true, content: { "application/json": { schema, example } } };
}

function response({ description, content, headers, optionalHeaders }: ResponseDescription): JsonSchema {
  const header = (required: boolean) => (text: string) => ({ description: text, required, schema: { type: "string" } });
  const all = { ...mapValues(headers ?? {}, header(true)), ...mapValues(optionalHeaders ?? {}, header(false)) };
  return {
    description,
    ...(Object.keys(all).length === 0 ? {} : { headers: all }),
    ...(content === undefined ? {} : { content: mapValues(content, (schema) => ({ schema })) }),
  };
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
