import { nkeys } from "@nats-io/transport-node";
import fc from "fast-check";
import { expect, it } from "vitest";
import { nkeyOf } from "./nkey-text.ts";
import { createUserSigner } from "./user-signer.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const [user, account] = [Buffer.of(0x95, 0), Buffer.of(0x90, 0)];
const seedOf = (kind: Uint8Array, key: Uint8Array): string => nkeyOf(Buffer.concat([kind, key]));
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

it("has the names and signatures of the client's own, for any key", () => {
  fc.assert(
    fc.property(anyKey, fc.string(), (key, challenge) => {
      const seed = seedOf(user, key);
      const theirs = nkeys.fromSeed(bytesOf(seed));
      const ours = createUserSigner(seed);
      expect(ours.publicKey).toBe(theirs.getPublicKey());
      expect(Buffer.from(ours.sign(bytesOf(challenge)))).toEqual(Buffer.from(theirs.sign(bytesOf(challenge))));
    }),
    { numRuns: 20 },
  );
});

it("refuses a seed that was changed, and one of an account", () => {
  const seed = seedOf(user, Buffer.alloc(32, 7));
  const changed = seed.slice(0, -1) + (seed.endsWith("A") ? "B" : "A");
  expect(() => createUserSigner(changed)).toThrow();
  expect(() => createUserSigner(seedOf(account, Buffer.alloc(32, 7)))).toThrow("not a user's");
});
