import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InspectionEvent } from "xstate";
import { getShortestPaths } from "xstate/graph";
import { startChannelActor, type ChannelActor } from "./channel-actor.ts";
import { channelMachine, channelStates, stateName } from "./channel.machine.ts";
import type { ChannelEventType } from "./events.ts";
import { sha256Hex } from "./test-support.ts";

const texts = readFileSync(new URL("../samples/conversations/paid-and-proved.v1.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

function send(actor: ChannelActor, from: number, to = texts.length): ChannelActor {
  for (const [index, text] of texts.entries()) {
    if (index >= from && index < to) actor.send({ type: "stored", text, streamVersion: index + 1 });
  }
  return actor;
}

describe("a channel's actor", () => {
  it("is brought up by its log, and from a persisted snapshot by the rest of it", () => {
    const whole = send(startChannelActor(sha256Hex), 0).getSnapshot();
    expect(stateName(whole.channel.snapshot)).toBe("expired");
    for (let at = 0; at <= texts.length; at++) {
      const snapshot = send(startChannelActor(sha256Hex), 0, at).getPersistedSnapshot();
      expect(send(startChannelActor(sha256Hex, { snapshot }), at).getSnapshot().channel).toEqual(whole.channel);
    }
  });

  it("tells what does not fold, and goes on from where it was", () => {
    const actor = send(startChannelActor(sha256Hex), 0, 3);
    const { channel } = actor.getSnapshot();
    send(actor, 4, 5);
    expect(actor.getSnapshot()).toMatchObject({ status: "active", event: null, fault: { code: "LOG_CHAIN_BROKEN" } });
    expect(actor.getSnapshot().channel).toBe(channel);
    expect(send(actor, 3, 4).getSnapshot()).toMatchObject({ fault: null, event: { streamVersion: 4 } });
  });

  it("shows each step to XState's inspection", () => {
    const seen: string[] = [];
    const inspect = (event: InspectionEvent): void => {
      if (event.type !== "@xstate.snapshot" || event.event.type !== "stored") return;
      seen.push(stateName((event.snapshot as ReturnType<ChannelActor["getSnapshot"]>).channel.snapshot));
    };
    send(startChannelActor(sha256Hex, { inspect }), 0);
    expect(seen).toHaveLength(texts.length);
    expect(new Set(seen)).toEqual(
      new Set([
        "awaitingTermsRequest",
        "awaitingTerms",
        "awaitingPayment",
        "awaitingAck",
        "awaitingProof",
        "settled",
        "expired",
      ]),
    );
  });
});

it("XState's graph finds a way to each state, the longest in six facts", () => {
  const events = (channelMachine.events as readonly ChannelEventType[]).flatMap((type) => [
    { type, isProven: false },
    { type, isProven: true },
  ]);
  const paths = getShortestPaths(channelMachine, { events, serializeState: ({ value }) => JSON.stringify(value) });
  const found = new Map(paths.map(({ state, steps }) => [stateName(state), steps.length]));
  expect([...found.keys()].sort()).toEqual([...channelStates].sort());
  expect(found.get("unopened")).toBeLessThan(found.get("settled") ?? 0);
  expect(Math.max(...found.values())).toBeLessThanOrEqual(6);
});
