import { describe, expect, it } from "vitest";
import { afterClose, closeCodeOfStatus, closeCodeRanges, closeReason, readCloseReason } from "./close-code.ts";
import { closeCodes } from "./close-codes.ts";

const all = Object.values(closeCodes);

describe("the close codes", () => {
  it("stand once each, and those of this protocol in a range that says what to do", () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    for (const { code } of all.filter(({ code }) => code >= 4000)) {
      expect(closeCodeRanges.filter(({ from, to }) => code >= from && code <= to)).toHaveLength(1);
    }
  });

  it("have ranges that do not overlap", () => {
    for (const [index, { from, to }] of closeCodeRanges.entries()) {
      expect(from).toBeLessThanOrEqual(to);
      expect(from).toBeGreaterThan(closeCodeRanges[index - 1]?.to ?? 3999);
    }
  });

  it("say in sentences what a wallet does, and begin with what it does", () => {
    for (const { meaning, whatToDo } of all) {
      expect(meaning).toMatch(/^[A-Z].+\.$/);
      expect(whatToDo).toMatch(/^(Stop|Join again)\b.+\.$/);
    }
  });

  it.each(all.map(({ code, whatToDo }) => [code, whatToDo] as const))("%i: %s", (code, whatToDo) => {
    expect(afterClose(code) === "stop").toBe(whatToDo.startsWith("Stop"));
  });

  it.each([
    [4000, "stop"],
    [4042, "stop"],
    [4100, "joinLater"],
    [4200, "joinElsewhere"],
    [4290, "joinLater"],
    [4400, "stop"],
    [4401, "stop"],
    [4403, "stop"],
    [4404, "stop"],
    [1008, "stop"],
    [1009, "dropMessage"],
    [1000, "joinLater"],
    [1006, "joinLater"],
    [1011, "joinLater"],
    [1012, "joinLater"],
    [4999, "joinLater"],
  ] as const)("after %i: %s", (code, what) => {
    expect(afterClose(code)).toBe(what);
  });
});

describe("the close code of an HTTP status", () => {
  it.each([
    [400, 4400],
    [401, 4401],
    [404, 4404],
    [307, 4200],
    [403, 4403],
    [408, 4100],
    [425, 4100],
    [429, 4100],
    [500, 1011],
    [502, 4100],
    [503, 4100],
  ])("%i is %i", (status, code) => {
    expect(closeCodeOfStatus(status)).toBe(code);
  });
});

describe("the reason of a refused join", () => {
  it("begins with the error code, which can be read again", () => {
    const reason = closeReason("EDGE_TOKEN", "token: one that was signed for this channel");
    expect(readCloseReason(reason)).toEqual({
      code: "EDGE_TOKEN",
      detail: "token: one that was signed for this channel",
    });
  });

  it.each(["", "channel.expired", "drain: go on at another node", "lower: case", "EDGE_TOKEN"])(
    "%j begins with none",
    (reason) => {
      expect(readCloseReason(reason)).toBeNull();
    },
  );
});
