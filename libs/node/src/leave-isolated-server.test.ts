import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { leaveIsolatedServer } from "./leave-isolated-server.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lost = new Error("no answer in time");

function brokerThat(answers: () => boolean, ready = true) {
  return {
    ready: () => ready,
    api: vi.fn(() => (answers() ? Promise.resolve({} as never) : Promise.reject(lost))),
    switchServer: vi.fn(() => Promise.resolve()),
    report: vi.fn(),
  };
}

describe("leaveIsolatedServer", () => {
  test("stays while JetStream answers", async () => {
    const broker = brokerThat(() => true);
    leaveIsolatedServer(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.switchServer).not.toHaveBeenCalled();
  });

  test("stays over silences as long as an election", async () => {
    let asked = 0;
    const broker = brokerThat(() => asked++ % 5 === 0);
    leaveIsolatedServer(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.switchServer).not.toHaveBeenCalled();
  });

  test("leaves a server where nothing answers, once in a while", async () => {
    const broker = brokerThat(() => false);
    const stop = leaveIsolatedServer(broker);
    await vi.advanceTimersByTimeAsync(10_500);
    expect(broker.switchServer).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(broker.switchServer).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(broker.switchServer).toHaveBeenCalledTimes(2);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.switchServer).toHaveBeenCalledTimes(2);
  });

  test("asks nothing while the connection is lost anyway", async () => {
    const broker = brokerThat(() => false, false);
    leaveIsolatedServer(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.api).not.toHaveBeenCalled();
  });
});
