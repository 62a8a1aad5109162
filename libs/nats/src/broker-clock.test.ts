import { describe, expect, it, onTestFinished, vi } from "vitest";
import { BrokerClock } from "./broker-clock.ts";

const hourMs = 3_600_000;

/** A broker that is so much behind this machine, and answers after so long. */
function clockBehind(behindMs: number, answersAfterMs = 0) {
  vi.useFakeTimers({ toFake: ["performance", "Date"], now: 1_800_000_000_000 });
  onTestFinished(() => void vi.useRealTimers());
  return new BrokerClock(() => {
    vi.advanceTimersByTime(answersAfterMs);
    const brokerMs = Date.now() - answersAfterMs / 2 - behindMs;
    return Promise.resolve(brokerMs);
  });
}

describe("BrokerClock", () => {
  it("says nothing before it knows", () => {
    const clock = clockBehind(hourMs);
    expect([clock.aheadMs, clock.trouble]).toEqual([null, null]);
  });

  it.each([
    [0, null],
    [4_900, null],
    [-4_900, null],
    [5_100, /5 s ahead of the broker's/],
    [-3 * hourMs, /10800 s behind the broker's/],
  ])("with a broker that is %i ms behind", async (behindMs, trouble) => {
    const clock = clockBehind(behindMs);
    await clock.compare();
    expect(clock.aheadMs).toBe(behindMs);
    if (trouble === null) expect(clock.trouble).toBeNull();
    else expect(clock.trouble).toMatch(trouble);
  });

  it("does not blame the clock for a slow answer", async () => {
    const clock = clockBehind(7_000, 6_000);
    await clock.compare();
    expect(clock.trouble).toBeNull();
  });

  it("notices at once when the time is set, and when it is right again", async () => {
    const clock = clockBehind(0);
    await clock.compare();
    vi.advanceTimersByTime(20_000);
    expect(clock.trouble).toBeNull();
    vi.setSystemTime(Date.now() + 3 * hourMs);
    expect(clock.trouble).toMatch(/10800 s ahead/);
    vi.setSystemTime(Date.now() - 3 * hourMs);
    expect(clock.trouble).toBeNull();
  });

  it("keeps what it knew while the broker does not answer", async () => {
    let answers = true;
    const clock = new BrokerClock(() =>
      answers ? Promise.resolve(Date.now() - hourMs) : Promise.reject(new Error("no answer")),
    );
    await clock.compare();
    answers = false;
    await expect(clock.compare()).rejects.toThrow("no answer");
    expect(clock.trouble).not.toBeNull();
  });
});
