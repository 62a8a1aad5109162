import type { EventLog } from "@p4/event-store";
import { createLogger } from "@p4/telemetry";
import { waitFor, withNatsServer } from "@p4/testkit";
import { expect, it } from "vitest";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";
import { logWith } from "./test-support/log-with.ts";

const nats = withNatsServer();

/** An edge whose log can be held up, and what it logs as errors. */
async function startHeldEdge() {
  const errors: unknown[] = [];
  const logger = createLogger({ level: "silent", name: "edge" });
  logger.error = (...details: unknown[]) => void errors.push(details);
  let held: Promise<void> = Promise.resolve();
  let waiting = 0;
  const hold = (log: EventLog): EventLog =>
    logWith(log, {
      async appendToStream(request) {
        waiting++;
        await held;
        waiting--;
        return log.appendToStream(request);
      },
    });
  const wrap = ({ log, feed }: { log: EventLog; feed: never }) => ({ log: hold(log), feed });
  const edge = await startTestEdge(nats.url, {}, { logger, wrap: wrap as never });
  /** All appends wait from here on. Returns what lets them go on. */
  const holdAppends = (): (() => void) => {
    let goOn = (): void => undefined;
    held = new Promise((resolve) => (goOn = resolve));
    return goOn;
  };
  return { edge, errors, holdAppends, hasWaiting: () => waitFor(() => waiting > 0) };
}

it("a wallet that has gone before its message is stored is no error: the message is in the log", async () => {
  const { edge, errors, holdAppends, hasWaiting } = await startHeldEdge();
  const id = newChannelId();
  const wallet = await edge.join(`${id}?role=merchant&receipts=true`);
  const goOn = holdAppends();
  wallet.say("paymentrequest.response", { body: {} });
  await hasWaiting();
  await wallet.leave();
  await waitFor(async () => (await edge.metric("edge_channels")) === 0);
  goOn();
  await waitFor(async () => (await edge.metric("edge_store_seconds_count")) === 1);
  expect(errors).toEqual([]);
});

it("a second merchant that has gone while the seat was given to it is no error", async () => {
  const { edge, errors, holdAppends, hasWaiting } = await startHeldEdge();
  const id = newChannelId();
  const first = await edge.join(`${id}?role=merchant`);
  const second = await edge.join(`${id}?role=merchant`);
  const goOn = holdAppends();
  await first.leave();
  await hasWaiting();
  await second.leave();
  await waitFor(async () => (await edge.metric("edge_channels")) === 0);
  goOn();
  // A new join is served behind it.
  await edge.join(`${id}?role=merchant`);
  expect(errors).toEqual([]);
});
