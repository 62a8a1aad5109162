import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createInMemoryStore } from "@p4/event-store";
import { afterEach, expect, it } from "vitest";
import { TargetPolicy } from "./target-policy.ts";
import type { Webhook } from "./webhook.ts";
import { WebhookRepository } from "./webhook-repository.ts";
import { WebhookSender } from "./webhook-sender.ts";
import type { WebhookSource } from "./webhook-source.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A sender of threads that have as many events as told, to a receiver whose answers are held or given. */
async function sending(lengths: Readonly<Record<string, number>>) {
  const heard: string[] = [];
  const holds = new Map<string, (status: number) => void>();
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push(body);
      holds.set(body, (status) => response.writeHead(status).end());
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const stop = new AbortController();
  ends.push(() => {
    stop.abort();
    receiver.closeAllConnections();
    receiver.close();
  });
  const source: WebhookSource = {
    async *events(thread, after) {
      for (let sequence = after + 1; sequence <= (lengths[thread] ?? 0); sequence++) {
        yield { sequence, type: "thing.done", atMs: 5, body: JSON.stringify(`${thread}.${sequence}`) };
      }
    },
  };
  const webhooks = new WebhookRepository(createInMemoryStore().documents("w"));
  const sender = new WebhookSender({
    source,
    webhooks,
    policy: new TargetPolicy(["127.0.0.1"]),
    userAgent: "test",
    now: Date.now,
    logger: { warn: () => undefined },
    signal: stop.signal,
  });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const rest = { secrets: ["s"], createdAtMs: 0, deletedAtMs: null };
  const webhook: Webhook = { version: 1, id: "webhook1", url, events: ["thing.done"], ...rest };
  sender.use(webhook);
  const reply = async (event: string, status: number): Promise<void> => {
    await expect.poll(() => holds.has(JSON.stringify(event))).toBe(true);
    holds.get(JSON.stringify(event))?.(status);
  };
  return { sender, webhooks, heard, reply };
}

it("tells what comes after the given sequence where no delivery is stored, in order", async () => {
  const { sender, heard, reply, webhooks } = await sending({ a: 4 });
  sender.changed("a", 2);
  await reply("a.3", 200);
  await reply("a.4", 204);
  await expect.poll(async () => (await webhooks.delivery("webhook1", "a")).done).toBe(4);
  expect(heard).toEqual(['"a.3"', '"a.4"']);
});

it("names as unsettled what is neither delivered nor noted as failing", async () => {
  const { sender, reply } = await sending({ a: 1, b: 7 });
  sender.changed("a", 0);
  sender.changed("b", 6);
  // What comes later does not hide what came before.
  sender.changed("b", 9);
  const unsettled = () => [...sender.unsettled()];
  expect(unsettled()).toEqual(
    expect.arrayContaining([
      ["a", 0],
      ["b", 6],
    ]),
  );
  await reply("a.1", 200);
  await expect.poll(() => unsettled().some(([thread]) => thread === "a")).toBe(false);
  await reply("b.7", 500);
  await expect.poll(unsettled).toEqual([]);
});

it("says which webhooks fail, since when, and that they do while an event is tried again", async () => {
  const { sender, webhooks, heard, reply } = await sending({ a: 1, b: 1 });
  expect(sender.failing()).toEqual([]);
  sender.changed("a");
  await reply("a.1", 500);
  await expect.poll(() => sender.failing()).toMatchObject([{ webhookId: "webhook1", threads: 1 }]);
  const { failingSinceMs } = await webhooks.delivery("webhook1", "a");
  expect(sender.failing()).toMatchObject([{ sinceMs: failingSinceMs }]);
  // What the sender before this one had failed at, longer ago.
  sender.resume("webhook1", [{ thread: "b", nextAttemptAtMs: 0, failingSinceMs: 7 }]);
  await expect.poll(() => heard.includes('"b.1"')).toBe(true);
  expect(sender.failing()).toEqual([{ webhookId: "webhook1", threads: 2, sinceMs: 7 }]);
  await reply("b.1", 200);
  await expect.poll(() => sender.failing()).toMatchObject([{ threads: 1, sinceMs: failingSinceMs }]);
});
