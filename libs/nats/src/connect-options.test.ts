import { describe, expect, it } from "vitest";
import { connectionOptions, createBackoff, leastRecentlyDialled, redactedUrl } from "./connect-options.ts";

const options = (url: string) => ({ url, name: "test" });

describe("connection options", () => {
  it("reads several servers and their credentials, and keeps credentials out of messages", () => {
    const read = connectionOptions(options("nats://me:s%40fe@a:4333, nats://b"), () => 1);
    expect(read).toMatchObject({ servers: ["nats://a:4333", "nats://b:4222"], user: "me", pass: "s@fe" });
    expect(redactedUrl(options("nats://me:s%40fe@a:4333, b"))).toBe("nats://a:4333,nats://b:4222");
    expect(connectionOptions(options("nats://token@a"), () => 1)).toMatchObject({ token: "token" });
  });

  it("uses the login wherever in the list it stands, and a % that introduces no character as it is", () => {
    const read = connectionOptions(options("nats://a, nats://ops:100%25%2F@b"), () => 1);
    expect(read).toMatchObject({ user: "ops", pass: "100%/" });
    expect(connectionOptions(options("nats://ops:50%er@b"), () => 1)).toMatchObject({ user: "ops", pass: "50%er" });
  });

  it.each(["nats://ops:S3cret/part@127.0.0.1:4222", "http://ops:S3cret@a"])("refuses %s without showing it", (url) => {
    for (const read of [() => connectionOptions(options(url), () => 1), () => redactedUrl(options(url))]) {
      expect(read).toThrow(RangeError);
      expect(read).toThrow(expect.not.objectContaining({ message: expect.stringContaining("S3cret") as string }));
    }
  });

  it("never gives up", () => {
    expect(connectionOptions(options("a"), () => 1)).toMatchObject({ reconnect: true, maxReconnectAttempts: -1 });
  });
});

describe("the next server", () => {
  it("is the one that was tried longest ago, in the list's order while none was", () => {
    const [a, b, c] = [{ lastConnect: 0 }, { lastConnect: 0 }, { lastConnect: 0 }];
    const pool = [a, b, c];
    expect(leastRecentlyDialled(pool)).toBe(a);
    a.lastConnect = 10;
    expect(leastRecentlyDialled(pool)).toBe(b);
    b.lastConnect = 20;
    expect(leastRecentlyDialled(pool)).toBe(c);
    c.lastConnect = 30;
    expect(leastRecentlyDialled(pool)).toBe(a);
  });

  it("is the same again where there is no other", () => {
    const only = { lastConnect: 10 };
    expect(leastRecentlyDialled([only])).toBe(only);
  });
});

describe("backoff", () => {
  it("doubles up to two seconds, spreads, and starts again", () => {
    const longest = createBackoff(() => 0);
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => longest.next())).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
    longest.reset();
    expect(longest.next()).toBe(50);
    const shortest = createBackoff(() => 1);
    expect([shortest.next(), shortest.next()]).toEqual([25, 50]);
  });
});
