import type { Subscription } from "@nats-io/transport-node";
import { expect, test, vi } from "vitest";
import { useNats } from "./test-support/use-nats.ts";

const nats = useNats();

test("a subscription hears what is published behind it in the same turn, and nothing after its end", async () => {
  const broker = await nats.connect();
  const heard: string[] = [];
  const subscription = broker.subscribe("turn.a", ({ subject }) => heard.push(subject));
  broker.writes.post({ subject: "turn.a", body: "x" });
  await vi.waitFor(() => expect(heard).toEqual(["turn.a"]));
  subscription.unsubscribe();
  broker.writes.post({ subject: "turn.a", body: "x" });
  const probe = broker.subscribe("turn.b", ({ subject }) => heard.push(subject));
  broker.writes.post({ subject: "turn.b", body: "x" });
  await vi.waitFor(() => expect(heard).toContain("turn.b"));
  expect(heard).toEqual(["turn.a", "turn.b"]);
  probe.unsubscribe();
});

test("one that ends in the turn in which it began is never made", async () => {
  const broker = await nats.connect();
  const subscribe = vi.spyOn(broker.nc, "subscribe");
  broker.subscribe("turn.c", () => undefined).unsubscribe();
  await broker.flush();
  expect(subscribe).not.toHaveBeenCalled();
});

test("a listener that throws is reported and ends no other", async () => {
  const broker = await nats.connect();
  const heard: string[] = [];
  const [bad, good] = [
    broker.subscribe("turn.d", () => {
      throw new Error("a listener's own fault");
    }),
    broker.subscribe("turn.d", ({ subject }) => heard.push(subject)),
  ];
  broker.writes.post({ subject: "turn.d", body: "x" });
  broker.writes.post({ subject: "turn.d", body: "x" });
  await vi.waitFor(() => expect(heard).toEqual(["turn.d", "turn.d"]));
  for (const each of [bad, good]) each.unsubscribe();
});

test("what ends between two messages is heard no more, though the broker has sent it", async () => {
  const broker = await nats.connect();
  const heard: string[] = [];
  const subscription = broker.subscribe("turn.e", ({ subject }) => {
    heard.push(subject);
    subscription.unsubscribe();
  });
  for (let count = 0; count < 10; count++) broker.writes.post({ subject: "turn.e", body: "x" });
  await broker.flush();
  await broker.flush();
  expect(heard).toEqual(["turn.e"]);
});

test("many take little memory: nothing of the client's waits for the end of each", async () => {
  const broker = await nats.connect();
  const subscribe = vi.spyOn(broker.nc, "subscribe");
  const subscriptions = ["turn.f", "turn.g"].map((subject) => broker.subscribe(subject, () => undefined));
  await broker.flush();
  const [one, other] = subscribe.mock.results.map(({ value }) => value as Subscription);
  expect(one?.closed).toBe(other?.closed);
  for (const each of subscriptions) each.unsubscribe();
  await broker.flush();
  expect([one?.isClosed(), other?.isClosed()]).toEqual([true, true]);
});
