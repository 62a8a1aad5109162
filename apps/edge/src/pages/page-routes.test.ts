import { loadConfig } from "@p4/config";
import type { HttpRequest, HttpResponse } from "@p4/http";
import { Readiness } from "@p4/telemetry";
import { expect, test } from "vitest";
import { pageAssets, pageRoutes } from "./page-routes.tsx";

const readiness = new Readiness();
readiness.add("broker", () => ({ ok: false, detail: "<b>the broker</b> is away" }));

async function get(path: string, accept: string, environment: Record<string, string> = {}): Promise<HttpResponse> {
  const routes = pageRoutes(loadConfig(environment), readiness, pageAssets());
  const request = { headers: new Map([["accept", accept]]) } as unknown as HttpRequest;
  return (await routes.find((route) => route.path === path)?.handle(request)) ?? { status: 404 };
}

const page = "text/html,*/*;q=0.8";

test("the front page says what this is, how it does and where to go, and the same to programs as JSON", async () => {
  const { status, headers, body } = await get("/", page);
  expect([status, headers?.["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  for (const part of ["Payment channels", "Not ready", "broker: &lt;b>the broker", 'href="/verify"', 'href="/console"'])
    expect(String(body)).toContain(part);
  const { body: told, headers: spoken } = await get("/", "*/*");
  expect(spoken).toMatchObject({ vary: "accept" });
  expect(JSON.parse(String(told))).toMatchObject({
    name: "P4 payment channel server",
    ready: false,
    links: { "Verify evidence": "/verify", "Test wallet": "/try" },
  });
});

test("there is a test wallet where there is a development miner to give it coins", async () => {
  expect((await get("/try", page)).status).toBe(200);
  expect((await get("/try", page, { P4_APPS: "edge" })).status).toBe(404);
  expect(String((await get("/", page, { P4_APPS: "edge" })).body)).not.toContain('href="/try"');
});

test.each(["/", "/try", "/verify"])("%s runs no inline script and calls no other host", async (path) => {
  const { headers, body } = await get(path, page);
  const policy = headers?.["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(String(body)).not.toMatch(/<script(?! type="module" src="\/assets\/)| style=| on\w+=/);
});
