import { describe, expect, it } from "vitest";
import { Turnstile } from "./turnstile.ts";

describe("Turnstile", () => {
  it("lets so many in at once, all in the end, in order, failures too", async () => {
    const turnstile = new Turnstile(2);
    let [inside, most] = [0, 0];
    const begun: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, i) =>
        turnstile.pass(async () => {
          begun.push(i);
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
          if (i % 3 === 0) throw new Error("failed");
        }),
      ),
    );
    expect(most).toBe(2);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(3);
  });
});
