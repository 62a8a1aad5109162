import { describe, expect, test } from "vitest";
import { TargetPolicy } from "./target-policy.ts";

const refused = [
  ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"],
  ...["169.254.169.254", "198.18.0.1", "203.0.113.5", "224.0.0.1", "255.255.255.255", "192.0.0.1"],
  ...["::1", "::", "fe80::1", "fd00::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1"],
  ...["64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "fec0::1", "localhost", ""],
];
const taken = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"];

describe("where webhooks go", () => {
  test.each(refused)("not to %j", (address) => expect(new TargetPolicy([]).allows(address)).toBe(false));
  test.each(taken)("to %s", (address) => expect(new TargetPolicy([]).allows(address)).toBe(true));
  test("to what the operator allows, and to nothing beside it", () => {
    const policy = new TargetPolicy(["127.0.0.1", "fd00::/8", "10.0.0.0/8"]);
    expect(["127.0.0.1", "fd12::1", "10.9.9.9", "::ffff:10.9.9.9"].every((address) => policy.allows(address))).toBe(
      true,
    );
    expect(["127.0.0.2", "fe80::1", "::1", "192.168.0.1"].some((address) => policy.allows(address))).toBe(false);
  });
});
