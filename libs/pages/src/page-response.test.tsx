import { expect, test } from "vitest";
import { Page } from "./page.tsx";
import { pageResponse } from "./page-response.ts";

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

test("what a peer wrote is text, in the title and in the body", () => {
  const { body } = pageResponse(
    <Page title={hostile} styles={[]}>
      <p title={hostile}>{hostile}</p>
    </Page>,
  );
  expect(String(body)).not.toMatch(/<script|<img/);
  expect(String(body)).toContain("&lt;script>alert(1)&lt;/script>");
});

test("the policy lets in nothing inline and nothing of other hosts", () => {
  const { headers = {}, status } = pageResponse(<Page title="t" styles={["/a.css"]} children={null} />, 404);
  expect(status).toBe(404);
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
});

test("is a whole document, and keeps out of quirks mode", () => {
  const { body } = pageResponse(<Page title="t" styles={["/a.css"]} scripts={["/a.js"]} children="text" />);
  expect(String(body)).toMatch(/^<!doctype html><html lang="en">/);
  expect(String(body)).toContain('<script type="module" src="/a.js"></script>');
});
