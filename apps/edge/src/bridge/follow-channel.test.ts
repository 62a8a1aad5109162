import { expect, it, vi } from "vitest";
import { AdmissionControl } from "../admission/admission-control.ts";
import type { EdgeContext } from "../edge-context.ts";
import { followChannel } from "./follow-channel.ts";

const memory = { isFull: false, heldBytes: 0, look: () => undefined };

/** A node that loads no more channels. */
function fullNode(isLive: boolean) {
  const follow = vi.fn(() => Promise.resolve("followed"));
  const admission = new AdmissionControl(memory, { maxQueued: 0 });
  const context = { admission, registry: { follow, isLive: () => isLive } } as unknown as EdgeContext;
  return { context, follow };
}

it("a request for a channel that is not live here is subject to admission, and costs nothing when that is full", async () => {
  const { context, follow } = fullNode(false);
  const unavailable = { code: "STORE_UNAVAILABLE", retryable: true };
  await expect(followChannel("a", () => undefined, context)).rejects.toMatchObject(unavailable);
  expect(follow).not.toHaveBeenCalled();
});

it("a channel that is live here needs none", async () => {
  const { context } = fullNode(true);
  expect(await followChannel("a", () => undefined, context)).toBe("followed");
});
