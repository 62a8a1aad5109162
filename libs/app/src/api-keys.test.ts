import { createInMemoryStore } from "@p4/event-store";
import { beforeEach, expect, it } from "vitest";
import { issueApiKey, revokeApiKey, rotateApiKey } from "./api-key.ts";
import { ApiKeys } from "./api-keys.ts";

const documents = () => createInMemoryStore().documents("paydkeys");
let store: ReturnType<typeof documents>;
let keys: ApiKeys;

beforeEach(() => {
  store = documents();
  keys = new ApiKeys(store);
});

it("finds a key by its text, and stores nothing that would open the door", async () => {
  const { key, text } = issueApiKey("till", ["invoices:read"], 1_000);
  await keys.add(key);
  expect(await keys.find(text, 2_000)).toEqual(key);
  const stored = new TextDecoder().decode((await store.get(key.id))?.bytes);
  expect(stored).not.toContain(text);
  // Behind the id; it may hold an underscore itself.
  expect(stored).not.toContain(text.replace(/^p4k_[^_]+_/, ""));
});

it.each([
  ["another secret", (text: string) => `${text.slice(0, -1)}${text.endsWith("A") ? "B" : "A"}`],
  ["another id", (text: string) => text.replace(/^p4k_./, "p4k_g")],
  ["an unknown id", (text: string) => text.replace(/_[0-9a-f]{12}_/, "_000000000000_")],
  ["a secret that is too long", (text: string) => `${text}A`],
  ["nothing", () => ""],
])("knows no key with %s", async (_name, change) => {
  const { key, text } = issueApiKey("till", ["invoices:read"], 1_000);
  await keys.add(key);
  expect(await keys.find(change(text), 2_000)).toBeNull();
});

it("lets a rotated key's old text in until the overlap ends, and the text before that no longer", async () => {
  const first = issueApiKey("till", ["invoices:read"], 1_000);
  await keys.add(first.key);
  const second = rotateApiKey(first.key, 2_000, 500);
  const third = rotateApiKey(second.key, 2_100, 500);
  await keys.update(first.key.id, () => second.key);
  const known = async (text: string, nowMs: number) => (await keys.find(text, nowMs)) !== null;
  expect([await known(first.text, 2_499), await known(first.text, 2_500), await known(second.text, 9_000)]).toEqual([
    true,
    false,
    true,
  ]);
  await keys.update(first.key.id, () => third.key);
  expect([await known(first.text, 2_200), await known(second.text, 2_200)]).toEqual([false, true]);
});

it("lets no text of a revoked key in", async () => {
  const { key, text } = issueApiKey("till", ["invoices:read"], 1_000);
  await keys.add(key);
  expect(await keys.update(key.id, (stored) => revokeApiKey(stored, 3_000))).toMatchObject({ revokedAtMs: 3_000 });
  expect(await keys.find(text, 3_000)).toBeNull();
  expect(await keys.update("000000000000", (stored) => stored)).toBeNull();
  expect(await keys.update("../x", (stored) => stored)).toBeNull();
});
