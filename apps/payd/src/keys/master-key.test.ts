import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HD } from "@bsv/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createInvoiceKeys } from "./invoice-keys.ts";
import { createMasterKey, loadMasterKey } from "./master-key.ts";

let dir: string;
let path: string;

const openKey = async (): Promise<HD> => (await loadMasterKey(path)) ?? createMasterKey(path);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "p4-payd-key-"));
  path = join(dir, "wallet", "master.key");
});

afterEach(() => rmSync(dir, { recursive: true }));

describe("master key", () => {
  test("is made once, for its owner's eyes only", async () => {
    const first = await openKey();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await openKey()).toString()).toBe(first.toString());
    expect(readdirSync(join(dir, "wallet"))).toEqual(["master.key"]);
  });

  test("is the same for two wallets that start at the same moment", async () => {
    const keys = await Promise.all([openKey(), openKey()]);
    expect(keys[0]?.toString()).toBe(keys[1]?.toString());
    expect(readFileSync(path, "utf8").trim()).toBe(keys[0]?.toString());
  });

  test("is refused when others may read it", async () => {
    await openKey();
    chmodSync(path, 0o644);
    await expect(openKey()).rejects.toMatchObject({ code: "PAYD_KEY_FILE" });
  });

  test("is never replaced when damaged, nor quoted in the error", async () => {
    const key = (await openKey()).toString();
    const damaged = key.slice(0, -3);
    writeFileSync(path, damaged);
    const failure = (await openKey().catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ code: "PAYD_KEY_FILE" });
    expect(failure.message).not.toContain(damaged.slice(0, 20));
    expect(readFileSync(path, "utf8")).toBe(damaged);
  });
});

test("locking scripts follow BIP44's path of the index", () => {
  // BIP32's first test vector: what another wallet restores from the same seed.
  const master = HD.fromSeed(Array.from({ length: 16 }, (_, i) => i));
  const keys = createInvoiceKeys(master);
  for (const index of [0, 1, 1_000]) {
    const hash = master.derive(`m/44'/236'/0'/0/${index}`).pubKey.toHash("hex") as string;
    expect(keys.lockingScript(index)).toBe(`76a914${hash}88ac`);
  }
});
