import { describe, expect, test } from "vitest";
import { newDelivery, recordAttempt, retryDelayMs, type Attempt, type Delivery } from "./webhook.ts";

const day = 86_400_000;
const attemptAt = (atMs: number, status: number | null): Attempt => ({
  sequence: 1,
  attempt: 1,
  atMs,
  tookMs: 5,
  status,
  answer: "",
  error: null,
});

describe("a delivery", () => {
  test("is tried at growing pauses, of an hour at most", () => {
    expect([1, 2, 3, 12, 13, 500].map(retryDelayMs)).toEqual([1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000]);
  });

  test("that fails for three days makes way for the next event, and not a moment sooner", () => {
    let delivery: Delivery = newDelivery("t");
    let [atMs, count] = [1_000, 0];
    while (delivery.done === 0) {
      delivery = recordAttempt(delivery, attemptAt(atMs, 500));
      count += 1;
      const lastMs = atMs;
      atMs = delivery.nextAttemptAtMs;
      if (delivery.done === 1) expect(lastMs - 1_000).toBeGreaterThanOrEqual(3 * day);
    }
    expect(count).toBeGreaterThan(70);
    expect(delivery.attempts).toHaveLength(20);
    expect(delivery).toMatchObject({ failures: 0, failingSinceMs: null });
  });

  test.each([
    [200, true],
    [299, true],
    [199, false],
    [302, false],
    [410, false],
    [null, false],
  ])("that is answered with %s is done: %s", (status, isDone) => {
    expect(recordAttempt(newDelivery("t"), attemptAt(5_000, status)).done === 1).toBe(isDone);
  });
});
