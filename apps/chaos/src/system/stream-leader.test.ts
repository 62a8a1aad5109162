import { expect, test } from "vitest";
import { streamsLed } from "./stream-leader.ts";

test("counts the streams of each leader over all accounts; a stream without one counts for none", () => {
  const led = (leader?: string) => ({ cluster: leader === undefined ? {} : { leader } });
  const report = {
    account_details: [{ stream_detail: [led("nats-a"), led("nats-b"), led("nats-b")] }, { stream_detail: [led(), {}] }],
  };
  expect([...streamsLed(report)]).toEqual([
    ["nats-a", 1],
    ["nats-b", 2],
  ]);
});
