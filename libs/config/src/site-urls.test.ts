import { expect, test } from "vitest";
import { siteUrls } from "./site-urls.ts";

test("reads where wallets reach each site, and writes it again", () => {
  const text = "a=https://a.pay.example;eu-west=http://127.0.0.1:8445/p4";
  const sites = siteUrls.parse(`${text}/`);
  expect(sites).toEqual([
    { site: "a", url: "https://a.pay.example" },
    { site: "eu-west", url: "http://127.0.0.1:8445/p4" },
  ]);
  expect(siteUrls.format?.(sites ?? [])).toBe(text);
});

test.each([
  ["a name twice", "a=https://a;a=https://b"],
  ["no name", "https://a"],
  ["a name that is no site", "A b=https://a"],
  ["another protocol", "a=wss://a"],
  ["an address with a login", "a=https://me:hunter2@a"],
  ["an address that no close frame holds", `a=https://${"a".repeat(90)}`],
  ["nine", [..."abcdefghi"].map((name) => `${name}=https://${name}`).join(";")],
])("refuses %s", (_what, text) => expect(siteUrls.parse(text)).toBeUndefined());
