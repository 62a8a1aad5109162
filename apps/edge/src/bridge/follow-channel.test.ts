import { expect, it, vi } from "vitest";
import type { EdgeContext } from "../edge-context.ts";
import { PacedLine } from "../paced-line.ts";
import { followChannel } from "./follow-channel.ts";

const pace = { places: 0, startPerSecond: 1, maxPerSecond: 1, minPerSecond: 1, maxWaitMs: 1_000, maxWaiting: 0 };

/** A node whose line of newcomers is full, and that serves so many sockets of the channel. */
function fullNode(users: number) {
  const follow = vi.fn(() => Promise.resolve("followed"));
  const lookups = new PacedLine(pace);
  const context = { channels: { usersOf: () => users }, lookups, registry: { follow } } as unknown as EdgeContext;
  return { context, follow };
}

it("a request for a channel that nobody is connected to stands in the newcomers' line, and costs nothing when it is full", async () => {
  const { context, follow } = fullNode(0);
  const unavailable = { code: "STORE_UNAVAILABLE", retryable: true };
  await expect(followChannel("a", () => undefined, context)).rejects.toMatchObject(unavailable);
  expect(follow).not.toHaveBeenCalled();
});

it("a channel that is served here needs no place in it", async () => {
  const { context } = fullNode(1);
  expect(await followChannel("a", () => undefined, context)).toBe("followed");
});
