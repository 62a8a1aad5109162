import { expect, it, vi } from "vitest";
import { createDeadlineStore } from "./deadline-store.ts";
import { pullMessages } from "./pull-messages.ts";
import { bucketStream, deadlineBucket } from "./subjects.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();

it("outlives a callback that throws, and hands over the messages behind it", async () => {
  const broker = await nats.connect();
  const report = vi.spyOn(broker, "report");
  const stream = bucketStream(deadlineBucket(settings.region));
  const config = { durable_name: "test", ack_policy: "none", deliver_policy: "all" };
  await broker.api(`CONSUMER.CREATE.${stream}.test`, { stream_name: stream, config });
  const deadlines = createDeadlineStore(broker, settings);
  for (const channelId of ["a", "b", "c"]) await deadlines.arm(channelId, 60_000);
  const subjects: string[] = [];
  await pullMessages(broker, { stream, consumer: "test", batch: 3 }, ({ subject }) => {
    subjects.push(subject);
    if (subjects.length === 1) throw new Error("of the handler");
  });
  expect(subjects.map((subject) => subject.at(-1))).toEqual(["a", "b", "c"]);
  expect(report).toHaveBeenCalledWith(expect.objectContaining({ message: "of the handler" }));
  // The connection lives, and with it everything else that listens on it.
  await broker.flush();
});
