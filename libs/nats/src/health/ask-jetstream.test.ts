import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askJetStream } from "./ask-jetstream.ts";
import { ServerHealth } from "./server-health.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function brokerThat(answers: () => boolean, { isConnected = true, hasOtherServers = true } = {}) {
  const leave = vi.fn();
  return {
    ready: () => isConnected,
    api: vi.fn(() => (answers() ? Promise.resolve({} as never) : Promise.reject(new Error("no answer in time")))),
    leave,
    health: new ServerHealth({
      isConnected: () => isConnected,
      hasOtherServers: () => hasOtherServers,
      leave,
      report: vi.fn(),
    }),
  };
}

describe("askJetStream", () => {
  test("stays while JetStream answers", async () => {
    const broker = brokerThat(() => true);
    askJetStream(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.leave).not.toHaveBeenCalled();
  });

  test("stays over silences as long as an election", async () => {
    let asked = 0;
    const broker = brokerThat(() => asked++ % 5 === 0);
    askJetStream(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.leave).not.toHaveBeenCalled();
  });

  test("leaves a server where nothing answers, once in a while, until it is stopped", async () => {
    const broker = brokerThat(() => false);
    const stop = askJetStream(broker);
    await vi.advanceTimersByTimeAsync(11_500);
    expect(broker.leave).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(broker.leave).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(broker.leave).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(broker.leave).toHaveBeenCalledTimes(2);
    stop();
    broker.health.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.leave).toHaveBeenCalledTimes(2);
  });

  test("has nowhere to go from the only server", async () => {
    const broker = brokerThat(() => false, { hasOtherServers: false });
    askJetStream(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.leave).not.toHaveBeenCalled();
  });

  test("asks nothing while the connection is lost anyway", async () => {
    const broker = brokerThat(() => false, { isConnected: false });
    askJetStream(broker);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(broker.api).not.toHaveBeenCalled();
  });
});
