import { createInMemoryStore } from "@p4/event-store";
import { expect, it } from "vitest";
import { TellingTurn } from "./telling-turn.ts";

const from = new Map([[0, 7]]);

it("is one worker's, until it leaves or has been silent", async () => {
  const documents = createInMemoryStore().documents("webhooks");
  const patient = (owner: string) => new TellingTurn(documents, { owner, silentMs: Infinity });
  const [a, b, c] = [patient("a"), patient("b"), new TellingTurn(documents, { owner: "c", silentMs: 0 })];
  expect(await a.take()).toEqual(new Map());
  expect(await b.take()).toBe(null);
  expect(await a.keep(from)).toBe(true);
  expect(await a.leave()).toBe(true);
  expect(await b.take()).toEqual(from);
  // Silent for long enough.
  expect(await c.take()).toEqual(from);
  expect(await b.keep(new Map([[0, 9]]))).toBe(false);
  expect(await c.keep(from)).toBe(true);
  // After a restart of the same worker, or an answer that was lost.
  expect(await patient("c").take()).toEqual(from);
});
