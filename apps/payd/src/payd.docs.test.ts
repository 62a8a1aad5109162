import { apiKeyScopes } from "@p4/app";
import { expect, test } from "vitest";
import { paydOperations } from "./routes/operations.ts";
import { useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

interface Operation {
  readonly "x-undescribed"?: true;
  readonly "x-scope": string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties: object; readonly required: string[] }>>;
  };
}

test("the interface is described as it is mounted: each route, its parameters, the members of an invoice", async () => {
  await wallet.start({ keyAlwaysRequired: true });
  const text = await (await fetch(`${wallet.url}/docs/openapi.json`)).text();
  const { openapi, paths, components } = JSON.parse(text) as Document;
  expect(openapi).toMatch(/^3\.1\./);
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(operations).toHaveLength(paydOperations.length);
  for (const { path, method, operation } of operations) {
    expect(operation["x-undescribed"], path).toBeUndefined();
    expect(apiKeyScopes).toContain(operation["x-scope"]);
    const refusals = [400, 401, 403, 503, ...(method === "get" ? [] : [413, 415])].map(String);
    expect(Object.keys(operation.responses), path).toEqual(expect.arrayContaining(refusals));
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    // It is there, and asks for a key.
    const url = wallet.url + path.replaceAll(/\{\w+\}/g, "x");
    expect((await fetch(url, { method: method.toUpperCase() })).status, `${method} ${path}`).toBe(401);
  }
  for (const [, name = ""] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
    expect(components.schemas).toHaveProperty(name);
  const page = await fetch(`${wallet.url}/docs`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("/api/v1/invoices/:id/refunds")]);

  await wallet.stop();
  await wallet.start();
  const { properties, required } = components.schemas["Invoice"] as { properties: object; required: string[] };
  const invoice = await wallet.createInvoice();
  expect(Object.keys(invoice).sort()).toEqual([...required].sort());
  await wallet.post(`/api/v1/invoices/${invoice.id}/cancel`);
  for (const name of Object.keys(await wallet.read(invoice.id))) expect(properties).toHaveProperty(name);
});
