import { describe, expect, it } from "vitest";
import { forEachConcurrently } from "./for-each-concurrently.ts";

async function* numbers(count: number, onTaken: (i: number) => void = () => undefined): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) {
    onTaken(i);
    yield i;
  }
}

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("forEachConcurrently", () => {
  it("does all with bounded concurrency, and takes no more than it has room for", async () => {
    let [open, most, done, taken] = [0, 0, 0, 0];
    await forEachConcurrently(
      numbers(50, () => taken++),
      7,
      async () => {
        most = Math.max(most, ++open);
        expect(taken - done).toBeLessThanOrEqual(7);
        await later();
        open--;
        done++;
      },
    );
    expect([most, done]).toEqual([7, 50]);
  });

  it("begins nothing after a failure, and waits for what is under way", async () => {
    let [begun, ended] = [0, 0];
    const work = forEachConcurrently(numbers(50), 4, async (i) => {
      begun++;
      await later();
      if (i === 5) throw new Error("five");
      ended++;
    });
    await expect(work).rejects.toThrow("five");
    expect(begun - ended).toBe(1);
    expect(begun).toBeLessThan(14);
  });
});
