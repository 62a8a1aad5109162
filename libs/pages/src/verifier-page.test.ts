import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { verifierDocument } from "./verifier-page.tsx";

const document = verifierDocument();
const policy = /Content-Security-Policy" content="([^"]*)"/.exec(document)?.[1]?.replaceAll("&#39;", "'") ?? "";
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("the verifier's document holds its one script and its one style, and its policy names them alone", () => {
  const [, script = "", ...moreScripts] = document.split(/<script type="module">([^]*?)<\/script>/);
  const [, style = ""] = document.split(/<style>([^]*?)<\/style>/);
  expect(moreScripts.join("")).not.toMatch(/<script/);
  expect(script.length).toBeGreaterThan(100_000);
  expect(policy).toContain(`script-src ${hashOf(script)};`);
  expect(policy).toContain(`style-src ${hashOf(style)};`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|self|http|connect-src/);
});

test("it refers to nothing beside itself", () => {
  const head = document.replace(/<script type="module">[^]*?<\/script>/, "").replace(/<style>[^]*?<\/style>/, "");
  expect([...head.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url)).toEqual(["data:,"]);
});

test("its script is at most 120 kB, compressed: the keys and transactions of Bitcoin take most of them", () => {
  const script = readFileSync(join(import.meta.dirname, "../dist/browser/verify.js"));
  expect(gzipSync(script).length).toBeLessThan(120_000);
});
