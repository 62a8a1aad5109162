import { closeCodes, joinParameters, messageCatalogue } from "@p4/protocol";
import { describe, expect, it } from "vitest";
import { asyncApi } from "./asyncapi/asyncapi.ts";
import { docsRoutes } from "./docs-routes.ts";
import { describedOperations, openApi } from "./openapi/openapi.ts";
import { exampleErrors } from "./test-support.ts";
import { problemsOf, validatorOf, type Json } from "./testing.ts";

const async: Json = JSON.parse(JSON.stringify(asyncApi({ title: "P4", version: "1.0.0", ...exampleErrors })));
const open: Json = JSON.parse(JSON.stringify(openApi({ title: "P4", version: "1.0.0", mounted: describedOperations })));

/** Every `$ref` in it, with what it points to. */
function references(document: Json): [string, unknown][] {
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  return [...new Set(found)].map((path) => [path, path.split("/").reduce((at: Json, part) => at?.[part], document)]);
}

describe.each([
  ["asyncapi.json", async],
  ["openapi.json", open],
])("%s", (_, document) => {
  it("refers only to what it has", () => {
    expect(references(document).length).toBeGreaterThan(20);
    expect(references(document).filter(([, target]) => target === undefined)).toEqual([]);
  });

  it("has only names that its specification allows, and schemas that are JSON Schemas", () => {
    for (const names of Object.values<object>(document.components)) {
      for (const name of Object.keys(names)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
    }
    const compile = validatorOf(document);
    for (const name of Object.keys(document.components.schemas)) compile({ $ref: `#/components/schemas/${name}` });
  });
});

describe("asyncapi.json", () => {
  it("has the shape that AsyncAPI 3.0 asks for", () => {
    expect(async).toMatchObject({
      asyncapi: "3.0.0",
      info: { title: expect.any(String), version: expect.any(String) },
    });
    for (const { action, channel, messages } of Object.values<Json>(async.operations)) {
      expect(["send", "receive"]).toContain(action);
      const name = channel.$ref.slice("#/channels/".length);
      expect(async.channels).toHaveProperty(name);
      for (const { $ref } of messages) expect($ref).toMatch(new RegExp(`^#/channels/${name}/messages/`));
    }
    for (const { address, parameters = {} } of Object.values<Json>(async.channels)) {
      const inAddress = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(parameters)).toEqual(inAddress);
    }
  });

  it("names its servers, and each variable in their addresses", () => {
    const servers = Object.values<Json>(async.servers);
    expect(servers.map(({ protocol }) => protocol)).toEqual(["ws", "wss"]);
    for (const { host, variables } of servers) {
      const named = [...host.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(variables)).toEqual(named);
    }
  });

  it("has the protocol's close codes, the parameters of a join, and the server's own errors", () => {
    const { wallet } = async.channels;
    expect(wallet["x-close-codes"].map(({ code }: Json) => code)).toEqual(
      Object.values(closeCodes).map(({ code }) => code),
    );
    expect(Object.keys(wallet.bindings.ws.query.properties)).toEqual(joinParameters.map(({ name }) => name));
    expect(wallet["x-refused-joins"]).toMatchObject([{ code: "UNKNOWN", status: 404, closeCode: 4404 }]);
    expect(async.components.messages.error["x-error-codes"]).toEqual(exampleErrors.messageErrors);
  });

  it("has every message of the catalogue, told by who sends it", () => {
    const keysOf = (operation: string): string[] =>
      async.operations[operation].messages.map(({ $ref }: Json) => $ref.split("/").at(-1));
    for (const { key, from } of messageCatalogue) {
      expect(async.components.messages).toHaveProperty([key]);
      expect(keysOf("fromCustomer").includes(key)).toBe(from.includes("customer"));
      expect(keysOf("fromMerchant").includes(key)).toBe(from.includes("merchant"));
      expect(keysOf("fromServer").includes(key)).toBe(from.includes("server"));
    }
  });

  it.each(messageCatalogue.map(({ key }) => key))(
    "%s: its examples are what its schema says, and no other's",
    (key) => {
      const { payload, examples } = async.components.messages[key];
      const validate = validatorOf(async)(payload);
      expect(examples.length).toBeGreaterThanOrEqual(2);
      for (const example of examples) expect(problemsOf(validate, example.payload)).toEqual([]);
      const other = async.components.messages[key === "error" ? "payment" : "error"].examples[0];
      expect(problemsOf(validate, other.payload)).not.toEqual([]);
    },
  );
});

describe("openapi.json", () => {
  it("has the shape that OpenAPI 3.1 asks for", () => {
    expect(open).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), info: { title: expect.any(String) } });
    const ids: string[] = [];
    for (const [path, item] of Object.entries<Json>(open.paths)) {
      for (const [method, operation] of Object.entries<Json>(item)) {
        expect(["get", "post"]).toContain(method);
        ids.push(operation.operationId);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const described = (operation.parameters ?? []).filter((each: Json) => each.in === "path");
        expect(described.map(({ name }: Json) => name)).toEqual(inPath);
        for (const { name, required, schema } of operation.parameters ?? []) {
          expect([typeof name, typeof required, typeof schema]).toEqual(["string", "boolean", "object"]);
        }
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
        for (const [status, { description }] of Object.entries<Json>(operation.responses)) {
          expect(status).toMatch(/^[1-5]\d\d$/);
          expect(description).not.toBe("");
        }
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has request examples that are what their schemas say", () => {
    for (const item of Object.values<Json>(open.paths)) {
      const json = item.post?.requestBody.content["application/json"];
      if (json !== undefined) expect(problemsOf(validatorOf(open)(json.schema), json.example)).toEqual([]);
    }
  });

  it("describes what is mounted, marks what it does not know, and leaves out what is not there", () => {
    const mounted = [
      { method: "GET", path: "/livez" },
      { method: "POST", path: "/new/:thing" },
    ];
    const { paths } = openApi({ title: "P4", version: "1.0.0", mounted }) as Json;
    expect(Object.keys(paths)).toEqual(["/livez", "/new/{thing}"]);
    expect(paths["/new/{thing}"].post["x-undescribed"]).toBe(true);
    expect(paths["/livez"].get["x-undescribed"]).toBeUndefined();
  });
});

describe("docsRoutes", () => {
  it("serve a page without scripts and two documents, with nothing from elsewhere", () => {
    const routes = docsRoutes({
      routes: [{ method: "GET", path: "/livez" }],
      sockets: ["/ws/:channelID"],
      ...exampleErrors,
    });
    expect(routes.map(({ path }) => path)).toEqual(["/docs", "/docs/asyncapi.json", "/docs/openapi.json"]);
    const [page, ...documents] = routes.map((route) => route.handle());
    expect(page?.headers["content-type"]).toContain("text/html");
    expect(page?.body).not.toMatch(/<script|https?:\/\/|@import|url\(/);
    for (const { key } of messageCatalogue) expect(page?.body).toContain(`<code>${key}</code>`);
    for (const { code } of Object.values(closeCodes)) expect(page?.body).toContain(`<code>${code}</code>`);
    for (const code of ["NOT_NOW", "UNKNOWN"]) expect(page?.body).toContain(`<code>${code}</code>`);
    expect(page?.body).not.toContain("/proofs/");
    for (const { body } of documents) JSON.parse(body);
  });
});
