import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInMemoryStore } from "@p4/event-store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { invoiceIn } from "../test-support/invoices.ts";
import { createInvoiceKeys } from "./invoice-keys.ts";
import { fingerprintOf, openMasterKey } from "./open-master-key.ts";

let dir: string;
let path: string;
let invoices: InvoiceRepository;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "p4-payd-key-"));
  path = join(dir, "master.key");
  invoices = new InvoiceRepository(createInMemoryStore().documents("payd"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = () => openMasterKey(path, invoices);
const problem = () =>
  open().then(
    () => null,
    (error: unknown) => error as Error & { code: string },
  );

describe("the key of the invoices in the store", () => {
  test("is made for an empty store, and noted there by its fingerprint alone", async () => {
    const key = await open();
    expect(await invoices.readKeyFingerprint()).toBe(fingerprintOf(key));
    expect(fingerprintOf(key)).toMatch(/^[0-9a-f]{64}$/);
    expect((await open()).toString()).toBe(key.toString());
  });

  test("is missed when its file is gone: none is made in its place", async () => {
    const key = await open();
    renameSync(path, `${path}.away`);
    const missing = await problem();
    expect(missing).toMatchObject({ code: "PAYD_KEY_MISSING" });
    expect(missing?.message).toContain(path);
    expect(missing?.message).toContain(fingerprintOf(key).slice(0, 16));
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.away`, path);
    expect(await problem()).toBeNull();
  });

  test("is not replaced by another one, which is left as it is", async () => {
    const key = await open();
    rmSync(path);
    await openMasterKey(path, new InvoiceRepository(createInMemoryStore().documents("payd")));
    const other = readFileSync(path, "utf8");
    const mismatch = await problem();
    expect(mismatch).toMatchObject({ code: "PAYD_KEY_MISMATCH" });
    expect(mismatch?.message).toContain(fingerprintOf(key).slice(0, 16));
    expect(mismatch?.message).not.toContain(other.trim().slice(0, 20));
    expect(readFileSync(path, "utf8")).toBe(other);
  });

  test("is known by the invoices of a store of an earlier version", async () => {
    const key = await openMasterKey(path, new InvoiceRepository(createInMemoryStore().documents("payd")));
    const lockingScript = createInvoiceKeys(key).lockingScript(7);
    await invoices.add({ ...invoiceIn.pending, keyIndex: 7, lockingScript });
    expect(await problem()).toBeNull();
    expect(await invoices.readKeyFingerprint()).toBe(fingerprintOf(key));
  });

  test("is missed, or another one, there too", async () => {
    await invoices.add(invoiceIn.pending);
    expect(await problem()).toMatchObject({ code: "PAYD_KEY_MISSING" });
    await openMasterKey(path, new InvoiceRepository(createInMemoryStore().documents("payd")));
    expect(await problem()).toMatchObject({ code: "PAYD_KEY_MISMATCH" });
    expect(await invoices.readKeyFingerprint()).toBeNull();
  });

  test("is the same for two wallets that start at the same moment", async () => {
    const [first, second] = await Promise.all([open(), open()]);
    expect(first.toString()).toBe(second.toString());
  });
});
