export { asyncApi } from "./asyncapi/asyncapi.ts";
export { docsRoutes } from "./docs-routes.ts";
export type { JsonSchema } from "./json-schema.ts";
export { describedOperations, openApi } from "./openapi/openapi.ts";
export {
  jsonContent,
  problemResponse,
  type OperationDescription,
  type ParameterDescription,
  type ResponseDescription,
} from "./openapi/operation.ts";
