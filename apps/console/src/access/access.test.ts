import type { HttpRequest } from "@p4/http";
import { describe, expect, test } from "vitest";
import { denialOf, guardApi } from "./access.ts";
import { isKey, isSession, makeSession, sessionMs } from "./session.ts";

const key = "a-key-of-an-operator";
const local = { host: "127.0.0.1:8445" };

function request(headers: Record<string, string>, method = "GET", remoteAddress = "127.0.0.1"): HttpRequest {
  return { method, headers: new Map(Object.entries(headers)), remoteAddress, params: {} } as unknown as HttpRequest;
}

describe("without a key", () => {
  const denial = (...args: Parameters<typeof request>) => denialOf(request(...args), { key: null, nowMs: () => 0 });

  test.each([
    [local],
    [{ host: "localhost:8445", "sec-fetch-site": "same-origin" }],
    [{ host: "[::1]:8445", "sec-fetch-site": "none" }],
    [{ ...local, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    [{ ...local, origin: "http://127.0.0.1:8445" }],
  ])("a client on this machine is allowed: %j", (headers) => {
    expect(denial(headers)).toBe(null);
  });

  test.each([
    [{ host: "console.example" }, "closed"],
    [{ host: "127.0.0.1.evil.example" }, "closed"],
    [{}, "closed"],
    [{ ...local, "x-forwarded-for": "203.0.113.9" }, "closed"],
    [{ ...local, "sec-fetch-site": "cross-site" }, "origin"],
    [{ ...local, "sec-fetch-site": "same-site" }, "origin"],
    [{ ...local, origin: "http://evil.example" }, "origin"],
    [{ ...local, origin: "http://127.0.0.1:9999" }, "origin"],
    [{ ...local, origin: "null" }, "origin"],
  ])("%j is kept out: %s", (headers, why) => {
    expect(denial(headers as Record<string, string>)).toBe(why);
  });

  test("another machine is kept out, whatever name it calls", () => {
    expect(denial(local, "GET", "192.0.2.7")).toBe("closed");
  });

  test("what changes something must name its origin, and be JSON", async () => {
    expect(denial(local, "POST")).toBe("origin");
    expect(denial({ ...local, origin: "http://127.0.0.1:8445", "sec-fetch-site": "cross-site" }, "POST")).toBe(
      "origin",
    );
    const route = guardApi(
      { method: "POST", path: "/", handle: () => ({ status: 204 }) },
      { key: null, nowMs: () => 0 },
    );
    const own = { ...local, origin: "http://127.0.0.1:8445" };
    expect((await route.handle(request(own, "POST"))).status).toBe(400);
    expect((await route.handle(request({ ...own, "content-type": "text/plain" }, "POST"))).status).toBe(400);
    expect((await route.handle(request({ ...own, "content-type": "application/json" }, "POST"))).status).toBe(204);
  });
});

describe("with a key", () => {
  const denial = (cookie: string, nowMs = 1_000, headers = {}) =>
    denialOf(request({ ...local, ...headers, cookie }), { key, nowMs: () => nowMs });

  test("only a session of it comes in, from this machine as from any", () => {
    const session = makeSession(key, "nonce", 1_000);
    expect(denial(`other=1; p4_console=${session}`)).toBe(null);
    expect(denial("")).toBe("login");
    expect(denial(`p4_console=${key}`)).toBe("login");
    expect(denial(`p4_console=${makeSession("another-operator-key", "nonce", 1_000)}`)).toBe("login");
    expect(denial(`p4_console=${session}`, 1_000, { origin: "https://evil.example" })).toBe("origin");
  });

  test("a session ends, and nothing of it can be changed", () => {
    const session = makeSession(key, "nonce", 1_000);
    expect(denial(`p4_console=${session}`, 1_000 + sessionMs)).toBe("login");
    for (let i = 0; i < session.length; i += 1) {
      const changed = session.slice(0, i) + (session[i] === "1" ? "2" : "1") + session.slice(i + 1);
      expect(isSession(key, changed, 1_000), `at ${String(i)}`).toBe(false);
    }
    expect(session).not.toContain(key);
  });

  test("a key is compared whole", () => {
    expect(isKey(key, key)).toBe(true);
    for (const wrong of ["", key.slice(1), `${key} `, key.toUpperCase()]) expect(isKey(key, wrong), wrong).toBe(false);
  });
});
