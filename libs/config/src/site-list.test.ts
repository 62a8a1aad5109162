import { expect, test } from "vitest";
import { siteList } from "./site-list.ts";

test("reads sites with their servers, and writes them again", () => {
  const text = "a=nats://a1:4222,nats://a2:4222;eu-west=tls://b";
  const sites = siteList.parse(text);
  expect(sites).toEqual([
    { name: "a", urls: ["nats://a1:4222", "nats://a2:4222"] },
    { name: "eu-west", urls: ["tls://b"] },
  ]);
  expect(siteList.format?.(sites ?? [])).toBe(text);
});

test.each([
  ["one site", "a=nats://a"],
  ["a name twice", "a=nats://a;a=nats://b"],
  ["no name", "nats://a;b=nats://b"],
  ["a name that is no domain", "A b=nats://a;b=nats://b"],
  ["no server", "a=;b=nats://b"],
  ["another protocol", "a=http://a;b=nats://b"],
  ["nine", [..."abcdefghi"].map((name) => `${name}=nats://${name}`).join(";")],
])("refuses %s", (_what, text) => expect(siteList.parse(text)).toBeUndefined());
