import { LogError } from "@p4/channel";
import { expect, it } from "vitest";
import { Progress } from "../progress.ts";
import { compareStates, type ComparedLog } from "./compare-states.ts";
import type { RecordedState } from "./state-hashes.ts";

async function* recorded(): AsyncGenerator<RecordedState> {
  for (const channelId of ["empty", "headless"]) {
    yield { channelId, streamVersion: 9, state: "settled", hash: "00" };
  }
}

/** A log of which nothing is left of one channel, and another one's beginning is gone. */
const log: ComparedLog["log"] = {
  readStream: async (channelId) => {
    if (channelId === "headless") throw new LogError("LOG_BEGINNING_GONE", 12, "the first event is another");
    return [];
  },
};

const compare = (firstSequence: number) =>
  compareStates({ log, shards: 1, firstSequences: async () => new Map([[0, firstSequence]]) }, recorded(), {
    concurrency: 1,
    progress: new Progress({ progress: () => undefined }, "channels"),
    signal: new AbortController().signal,
  });

it("counts what the log's age has taken as gone", async () => {
  expect(await compare(10)).toEqual({ channels: 2, changed: [], gone: 2 });
});

it("names what is missing although its age has not come", async () => {
  const { changed, gone } = await compare(1);
  expect(gone).toBe(0);
  expect(changed).toMatchObject([
    { channelId: "empty", now: null, detail: "none of its events is in the log" },
    { channelId: "headless", now: null, detail: expect.stringContaining("LOG_BEGINNING_GONE") as unknown },
  ]);
  // Its last event would still be there.
  expect((await compare(9)).changed).toMatchObject([{ channelId: "empty" }]);
});
