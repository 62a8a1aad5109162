import { nkeys } from "@nats-io/transport-node";

/** A user's login: the broker's configuration has the public key (`U...`), the program the seed (`SU...`). */
export interface UserKey {
  readonly seed: string;
  readonly publicKey: string;
}

export function createUserKey(): UserKey {
  return describe(nkeys.createUser());
}

/** Throws an Error for what is no seed. */
export function userKeyOf(seed: string): UserKey {
  return describe(nkeys.fromSeed(new TextEncoder().encode(seed)));
}

function describe(pair: ReturnType<typeof nkeys.createUser>): UserKey {
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}
