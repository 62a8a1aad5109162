import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { HttpRequest } from "@p4/http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadAssets } from "./assets.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "p4-assets-"));
  writeFileSync(join(directory, "shop.js"), "let a = 1;");
  writeFileSync(join(directory, "secret.txt"), "not to be served");
});
afterEach(() => rmSync(directory, { recursive: true }));

const ask = (file: string, headers: Record<string, string> = {}): HttpRequest =>
  ({ params: { file }, headers: new Map(Object.entries(headers)) }) as unknown as HttpRequest;

test("the URL changes with the content, and what it names may be kept", async () => {
  const { url, route } = loadAssets(directory);
  const first = url("shop.js");
  expect(first).toMatch(/^\/assets\/shop-[0-9a-f]{12}\.js$/);
  const answer = await route.handle(ask(first.slice("/assets/".length)));
  expect(answer).toMatchObject({ status: 200, headers: { "cache-control": expect.stringContaining("immutable") } });
  expect(String(answer.body)).toBe("let a = 1;");
  writeFileSync(join(directory, "shop.js"), "let a = 2;");
  expect(loadAssets(directory).url("shop.js")).not.toBe(first);
});

test("who takes gzip gets it", async () => {
  const { url, route } = loadAssets(directory);
  const file = url("shop.js").slice("/assets/".length);
  const answer = await route.handle(ask(file, { "accept-encoding": "br, gzip" }));
  expect(answer.headers?.["content-encoding"]).toBe("gzip");
  expect(String(gunzipSync(answer.body as Uint8Array))).toBe("let a = 1;");
});

test("nothing else is served", async () => {
  const { url, route } = loadAssets(directory);
  for (const file of ["secret.txt", "shop.js", "../assets.ts", "", "__proto__"]) {
    expect((await route.handle(ask(file))).status, file).toBe(404);
  }
  expect(() => url("none.js")).toThrow("none.js");
});
