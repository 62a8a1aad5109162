import { openApi } from "@p4/api-docs";
import { json, type HttpRoute } from "@p4/http";
import { pageResponse, type Assets } from "@p4/pages";
import { DocsPage } from "../pages/docs-page.tsx";
import { paydSchemas } from "./operation-schemas.ts";
import { paydOperations } from "./operations.ts";
import { readQuery } from "./read-query.ts";

const description =
  "Invoices, refunds, webhooks and the wallet, for a shop's programs. Programs on payd's own machine may need no key.";

/** `GET /docs` for people, `/docs/openapi.json` (OpenAPI 3.1) for machines, of the routes that are mounted. */
export function docsRoutes(mounted: readonly HttpRoute[], assets: Assets): HttpRoute[] {
  const own = { description, operations: paydOperations, schemas: paydSchemas };
  const routes = mounted.map(({ method, path }) => ({ method, path }));
  const document = openApi({ title: "payd", version: "1.0.0", mounted: routes, own });
  return [
    {
      method: "GET",
      path: "/docs",
      handle: ({ query }) => {
        readQuery(query, []);
        return pageResponse(<DocsPage assets={assets} />);
      },
    },
    {
      method: "GET",
      path: "/docs/openapi.json",
      handle: ({ query }) => {
        readQuery(query, []);
        return json(200, document);
      },
    },
  ];
}
