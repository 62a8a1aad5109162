import { describe, expect, it } from "vitest";
import { classify, durabilityClass } from "./durability.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

describe("classify", () => {
  it.each([
    [false, [true], "fsync"],
    [true, [true, true], "replicated+fsync"],
    [true, [true, false], "replicated"],
    [false, [false], "lazy"],
    [false, [], "unknown"],
    [true, [true, undefined], "unknown"],
  ] as const)("replicated %s, syncs %j: %s", (replicated, syncs, expected) => {
    expect(classify(replicated, syncs)).toBe(expected);
  });
});

describe("durabilityClass", () => {
  const nats = useNats();

  it("is read from the running server", async () => {
    const broker = await nats.connect();
    const monitoringUrls = [nats.server.monitorUrl ?? ""];
    expect(await durabilityClass(broker, { ...settings, monitoringUrls })).toBe("fsync");
    expect(await durabilityClass(broker, settings)).toBe("unknown");
    expect(await durabilityClass(broker, { ...settings, monitoringUrls: ["http://127.0.0.1:1"] })).toBe("unknown");
  });
});
