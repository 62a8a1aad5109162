import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { customer, type CustomerSession, merchant, type SessionOptions } from "./index.ts";
import { createTestDouble, type TestDouble } from "./testing.ts";

const payment = { rawTx: "00" };
let double: TestDouble;
let options: SessionOptions;

beforeEach(() => {
  vi.useFakeTimers();
  double = createTestDouble();
  options = { webSocket: double.webSocket, backoff: { firstDelayMs: 100, maxDelayMs: 1_000 } };
});

afterEach(() => vi.useRealTimers());

/** What became of a step so far. */
function outcomeOf(step: Promise<unknown>): { settled: boolean; code?: string; message?: string; retryable?: boolean } {
  const outcome: ReturnType<typeof outcomeOf> = { settled: false };
  step.then(
    () => void (outcome.settled = true),
    (error: { code?: string; message: string; retryable?: boolean }) =>
      Object.assign(outcome, { settled: true, code: error.code, message: error.message, retryable: error.retryable }),
  );
  return outcome;
}

const steps: Record<string, [ms: number, (wallet: CustomerSession) => Promise<unknown>]> = {
  joined: [30_000, (wallet) => wallet.joined()],
  requestTerms: [30_000, (wallet) => wallet.requestTerms()],
  pay: [120_000, (wallet) => wallet.pay(payment)],
};

describe.each(Object.entries(steps))("%s without a deadline of the caller's", (_, [ms, step]) => {
  it(`gives up after ${String(ms)} ms, when the server cannot be reached`, async () => {
    double.setUnreachable(true);
    const wallet = customer(double.url("inv1"), options);
    const outcome = outcomeOf(step(wallet));
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(outcome).toEqual({ settled: false });
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toMatchObject({ settled: true, code: "SERVER_UNREACHABLE", retryable: true });
    expect(outcome.message).toContain("1006");
    // The step is over, the session is not.
    double.setUnreachable(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(wallet.phase).toBe("joined");
    expect(double.log("inv1")).toEqual([]);
    wallet.close();
  });
});

describe.each(["requestTerms", "pay"] as const)("%s that is stored and not answered", (name) => {
  const [ms, step] = steps[name]!;

  it("names the cause when no merchant has joined", async () => {
    const wallet = customer(double.url("inv1"), options);
    const outcome = outcomeOf(step(wallet));
    await vi.advanceTimersByTimeAsync(ms);
    expect(double.log("inv1")).toHaveLength(1);
    expect(outcome).toMatchObject({ code: "MERCHANT_ABSENT", retryable: true });
    expect(outcome.message).toContain("no merchant has joined");
    expect(outcome.message?.includes("pay the same again")).toBe(name === "pay");
    wallet.close();
  });

  it("names the cause when the merchant has joined and is silent", async () => {
    const shop = merchant(double.url("inv1"), options);
    const wallet = customer(double.url("inv1"), options);
    await vi.advanceTimersByTimeAsync(1);
    expect(wallet.merchantPresent).toBe(true);
    const outcome = outcomeOf(step(wallet));
    await vi.advanceTimersByTimeAsync(ms);
    expect(outcome).toMatchObject({ code: "MERCHANT_SILENT", retryable: true });
    wallet.close();
    shop.close();
  });

  it("names the cause when the server has gone since", async () => {
    const wallet = customer(double.url("inv1"), options);
    const outcome = outcomeOf(step(wallet));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(double.log("inv1")).toHaveLength(1);
    double.setUnreachable(true);
    double.dropConnections("inv1");
    await vi.advanceTimersByTimeAsync(ms);
    expect(outcome).toMatchObject({ code: "SERVER_UNREACHABLE", retryable: true });
    expect(outcome.message?.includes("pay the same again")).toBe(name === "pay");
    wallet.close();
  });

  it("names the cause when the server stores nothing", async () => {
    double.refuseNext(...Array<string>(1_000).fill("STORE_UNAVAILABLE"));
    const wallet = customer(double.url("inv1"), options);
    const outcome = outcomeOf(step(wallet));
    await vi.advanceTimersByTimeAsync(ms);
    expect(outcome).toMatchObject({ code: "NOT_STORED", retryable: true });
    wallet.close();
  });
});

describe("a deadline of the caller's", () => {
  it("takes the default's place, as a time or as a signal", async () => {
    const wallet = customer(double.url("inv1"), options);
    await vi.advanceTimersByTimeAsync(1);
    const { signal } = new AbortController();
    const outcomes = {
      soon: outcomeOf(wallet.requestTerms({ timeoutMs: 10 })),
      signal: outcomeOf(wallet.requestTerms({ signal })),
      both: outcomeOf(wallet.requestTerms({ signal, timeoutMs: 10 })),
      never: outcomeOf(wallet.requestTerms({ timeoutMs: Infinity })),
      long: outcomeOf(wallet.requestTerms({ timeoutMs: 2 ** 40 })),
    };
    await vi.advanceTimersByTimeAsync(10);
    expect(
      Object.entries(outcomes)
        .filter(([, { settled }]) => settled)
        .map(([name]) => name),
    ).toEqual(["soon", "both"]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(outcomes.signal.settled || outcomes.never.settled || outcomes.long.settled).toBe(false);
    wallet.close();
  });

  it("ends the wait for a proof, which has none by default", async () => {
    const wallet = customer(double.url("inv1"), options);
    const [patient, hasty] = [outcomeOf(wallet.waitForProof()), outcomeOf(wallet.waitForProof({ timeoutMs: 50 }))];
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(patient.settled).toBe(false);
    expect(hasty).toMatchObject({ code: "PROOF_PENDING", retryable: true });
    wallet.close();
  });

  it("leaves no timer and no message behind", async () => {
    const wallet = customer(double.url("inv1"), options);
    await vi.advanceTimersByTimeAsync(6_000);
    const before = vi.getTimerCount();
    const outcome = outcomeOf(wallet.pay(payment, { timeoutMs: 50 }));
    await vi.advanceTimersByTimeAsync(50);
    expect(outcome.settled).toBe(true);
    expect(vi.getTimerCount()).toBe(before);
    double.dropConnections("inv1");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(double.log("inv1")).toHaveLength(1);
    wallet.close();
  });
});
