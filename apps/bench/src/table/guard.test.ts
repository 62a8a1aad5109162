import { describe, expect, it } from "vitest";
import { better, compareWithKept, meanOf, noise } from "./guard.ts";

describe("the guard", () => {
  it("lets noise pass and stops what is beyond it", () => {
    expect(compareWithKept({ message: 10 * noise }, { message: 10 })).toMatchObject([{ passed: true }]);
    expect(compareWithKept({ message: 10 * noise + 0.01 }, { message: 10 })).toMatchObject([{ passed: false }]);
  });

  it("stops what is no longer measured, and what has nothing to be compared with", () => {
    expect(compareWithKept({}, { message: 10 })).toMatchObject([{ ratio: null, passed: false }]);
    expect(compareWithKept({ message: 1 }, {})).toMatchObject([{ kept: null, passed: false }]);
  });

  it("takes the better of two runs, and keeps the mean", () => {
    expect(better({ message: 20, fold: 3 }, { message: 12, fold: 4 })).toEqual({ message: 12, fold: 3 });
    expect(meanOf({ message: 20 }, { message: 12 })).toEqual({ message: 16 });
    expect(better({ message: 20 }, { message: 25, fold: 4 })).toEqual({ message: 20, fold: 4 });
  });
});
