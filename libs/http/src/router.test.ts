import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpServerError } from "./errors.ts";
import { Router } from "./router.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

function routerOf(...paths: string[]): Router<string> {
  const router = new Router<string>();
  for (const path of paths) router.add(path, path);
  return router;
}

describe("Router", () => {
  const router = routerOf("/a/*", "/a/:id", "/a/b", "/a/:id/c", "/");

  it.each([
    ["/a/b", "/a/b", {}],
    ["/a/x", "/a/:id", { id: "x" }],
    ["/a/x/c", "/a/:id/c", { id: "x" }],
    ["/a/x/y", "/a/*", { "*": "x/y" }],
    ["/a/x%20y/z", "/a/*", { "*": "x y/z" }],
    ["/", "/", {}],
  ])("sends %s to %s, the most literal pattern", (path, expected, params) => {
    const result = router.match(path);
    expect(result.kind === "found" && [result.match.entries, { ...result.match.params }]).toEqual([[expected], params]);
  });

  it.each(["/b", "", "a", "/a", "//"])("finds nothing for %j", (path) => {
    expect(router.match(path)).toEqual({ kind: "notFound" });
  });

  it("names the parameter with invalid percent-encoding", () => {
    expect(router.match("/a/%zz")).toEqual({ kind: "badEncoding", param: "id" });
  });

  it("keeps hostile parameter names out of the prototype", () => {
    const result = routerOf("/:__proto__").match("/x");
    expect(result.kind === "found" && Object.keys(result.match.params)).toEqual(["__proto__"]);
  });

  it.each(["x", "/a/*/b"])("refuses the pattern %s", (path) => {
    expect(() => routerOf(path)).toThrow(HttpServerError);
  });

  it("gives any parameter back as it was encoded", () => {
    const text = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(text, (id) => {
        const result = router.match(`/a/${encodeURIComponent(id)}/c`);
        expect(result.kind === "found" && result.match.params["id"]).toBe(id);
      }),
    );
  });
});
