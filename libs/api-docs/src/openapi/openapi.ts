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
  /** Of a server that is no edge: all that it says itself. */
  readonly own?: {
    readonly description: string;
    readonly operations: readonly OperationDescription[];
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

/** The HTTP routes as an OpenAPI 3.1 document. A route without a description is in it, marked `x-undescribed`. */
export function openApi({ title, version, mounted, own }: OpenApiOptions): JsonSchema {
  const operations = own?.operations ?? describedOperations;
  const hasKeys = operations.some(({ scope }) => scope !== undefined);
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of mounted) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, operations);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: `${title}: HTTP`,
      version,
      description:
        own?.description ??
        "For wallets without sockets, for miners' callbacks and for operators. The sockets are in asyncapi.json.",
      license: { name: "MIT", identifier: "MIT" },
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    servers: [{ url: "/", description: "The node that serves this description." }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: own?.schemas ?? { ...wireSchemas(), ...httpSchemas },
      ...(hasKeys && { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } }),
    },
  };
}

export function describe(
  { method, path }: MountedRoute,
  operations: readonly OperationDescription[] = describedOperations,
): OperationDescription | undefined {
  return operations.find((described) => described.method === method && described.path === path);
}

function operation(route: MountedRoute, operations: readonly OperationDescription[]): JsonSchema {
  const operationId = `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`;
  const described = describe(route, operations);
  if (described === undefined) {
    return { operationId, "x-undescribed": true, responses: { default: { description: "Not described." } } };
  }
  const { summary, tag, scope, parameters = [], requestBody, responses } = described;
  return {
    operationId,
    summary,
    tags: [tag],
    ...(scope !== undefined && { security: [{ apiKey: [] }], "x-scope": scope }),
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
