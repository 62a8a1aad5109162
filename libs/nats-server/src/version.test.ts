import { expect, test } from "vitest";
import { compareVersions, isAtLeast, parseVersion } from "./version.ts";

test("a version is read from what nats-server prints", () => {
  expect(parseVersion("nats-server: v2.15.1")).toBe("2.15.1");
  expect(parseVersion("nats-server: v2.12.0-RC.1")).toBe("2.12.0");
  expect(parseVersion("no version")).toBeUndefined();
});

test("versions are compared by number, not by text", () => {
  expect(["2.9.0", "2.11.2", "2.11.10"].sort(compareVersions)).toEqual(["2.9.0", "2.11.2", "2.11.10"]);
  expect(isAtLeast("2.11.2", "2.11.2")).toBe(true);
  expect(isAtLeast("2.11.1", "2.11.2")).toBe(false);
  expect(isAtLeast("3.0.0", "2.11.2")).toBe(true);
});
