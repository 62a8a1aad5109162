import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInMemoryStore } from "@p4/event-store";
import { expect, test } from "vitest";
import { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { openMasterKey } from "./open-master-key.ts";
import { openSealedText, sealText } from "./sealed-text.ts";

test("opens with the passphrase alone, whole alone", () => {
  const sealed = sealText("xprv-text", "correct horse battery");
  expect(sealed).not.toContain("xprv-text");
  expect(openSealedText(sealed, "correct horse battery")).toBe("xprv-text");
  expect(openSealedText(sealed, "correct horse batterY")).toBeNull();
  const parts = JSON.parse(sealed) as Record<string, unknown>;
  const text = String(parts["text"]);
  for (const change of [
    { text: `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}` },
    { logN: 40 },
    { text: "" },
    { sealed: "none" },
  ]) {
    expect(openSealedText(JSON.stringify({ ...parts, ...change }), "correct horse battery")).toBeNull();
  }
});

test("a master key that lies open is encrypted once there is a passphrase, and opens with no other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "p4-payd-"));
  try {
    const path = join(folder, "master.key");
    const invoices = new InvoiceRepository(createInMemoryStore().documents("payd"));
    const key = await openMasterKey(path, invoices);
    expect(readFileSync(path, "utf8")).toMatch(/^xprv/);
    await openMasterKey(path, invoices, "correct horse battery");
    expect(readFileSync(path, "utf8")).not.toContain(key.toString().slice(0, 20));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await openMasterKey(path, invoices, "correct horse battery")).toString()).toBe(key.toString());
    await expect(openMasterKey(path, invoices)).rejects.toMatchObject({ code: "PAYD_KEY_PASSPHRASE" });
    const other = openMasterKey(path, invoices, "another horse battery");
    await expect(other).rejects.toMatchObject({ code: "PAYD_KEY_PASSPHRASE" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
