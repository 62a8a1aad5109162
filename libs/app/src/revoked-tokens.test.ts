import { createInMemoryStore } from "@p4/event-store";
import { expect, it, vi } from "vitest";
import { RevokedTokens, revokeToken, type RevokedToken } from "./revoked-tokens.ts";

const record = (tokenId: string, expiresAtMs: number | null, revokedAtMs = Date.now()): RevokedToken => ({
  tokenId,
  channelId: "inv1",
  role: "customer",
  expiresAtMs,
  revokedAtMs,
});

async function keysOf(documents: ReturnType<ReturnType<typeof createInMemoryStore>["documents"]>): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of documents.keys()) keys.push(key);
  return keys;
}

it("knows what was revoked before, and hears of what is revoked later", async () => {
  const documents = createInMemoryStore().documents("revoked");
  await revokeToken(documents, record("a", null));
  const revoked = await RevokedTokens.follow(documents, () => undefined);
  await revokeToken(documents, record("b", Date.now() + 60_000));
  await revoked.look();
  expect(["a", "b", "c"].map((tokenId) => revoked.has(tokenId))).toEqual([true, true, false]);
  revoked.close();
});

it("keeps no record of a token that has ended, and all of one that never does", async () => {
  const documents = createInMemoryStore().documents("revoked");
  await revokeToken(documents, record("never", null));
  await revokeToken(documents, record("soon", 5_000, 1_000));
  await revokeToken(documents, record("later", 9_000, 6_000));
  expect((await keysOf(documents)).sort()).toEqual(["later", "never"]);
});

it("refuses all tokens when the records cannot be read, and keeps what it knows when they cannot be later", async () => {
  const documents = createInMemoryStore().documents("revoked");
  await revokeToken(documents, record("a", null));
  const breakOnce = (): void => {
    vi.spyOn(documents, "entries").mockImplementationOnce(() => {
      throw new Error("broken");
    });
  };
  const errors: unknown[] = [];
  const follow = () => RevokedTokens.follow(documents, (error) => errors.push(error));
  breakOnce();
  await expect(follow()).rejects.toThrow("broken");
  const revoked = await follow();
  breakOnce();
  await revoked.look();
  expect(errors).toMatchObject([{ message: "broken" }]);
  expect(revoked.has("a")).toBe(true);
  revoked.close();
});
