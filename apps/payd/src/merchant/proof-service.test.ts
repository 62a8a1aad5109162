import { createInMemoryStore } from "@p4/event-store";
import { nodeCrypto } from "@p4/node-crypto";
import { VERIFY_IF_SIGNED, type HeaderPolicy } from "@p4/spv";
import { expect, test } from "vitest";
import { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordRevocation } from "../invoice/invoice-steps.ts";
import { CustomerCoins } from "../test-support/customer-coins.ts";
import { invoiceIn, txid } from "../test-support/invoices.ts";
import { ProofService } from "./proof-service.ts";

const { id } = invoiceIn.paid;
const coins = new CustomerCoins();
const envelope = coins.proofOf(txid, { known: false });
const never = new AbortController().signal;

interface Setting {
  readonly invoices: InvoiceRepository;
  readonly proofs: ProofService;
  readonly revoke: () => Promise<unknown>;
}

async function given(headerPolicy: HeaderPolicy, onChanged?: () => void): Promise<Setting> {
  const invoices = new InvoiceRepository(createInMemoryStore().documents("payd"), onChanged);
  await invoices.add(invoiceIn.paid);
  const common = { signaturePolicy: VERIFY_IF_SIGNED, crypto: nodeCrypto, now: () => 5_000, signal: never };
  const { headers } = coins;
  const proofs = new ProofService({ invoices, headers, headerPolicy, headerRetryDelaysMs: [1], ...common });
  const revoke = () =>
    invoices.update(id, (invoice) => {
      const all = new Set(invoice.proofs.map(({ proofKey }) => proofKey));
      return recordRevocation(invoice, all, 6_000, () => false);
    });
  return { invoices, proofs, revoke };
}

test("a proof that was revoked stays so across a restart, until a miner brings it again", async () => {
  const { invoices, proofs, revoke } = await given("accept-unknown");
  expect(await proofs.receive(id, envelope)).toBe("proved");
  await revoke();
  await proofs.resume(id);
  expect(await invoices.get(id)).toMatchObject({ state: "paid", proofs: [{ revokedAtMs: 6_000 }] });
  expect(await proofs.receive(id, envelope)).toBe("proved");
});

test("a proof that is revoked while its block is looked up again stays revoked", async () => {
  const revoked: Promise<unknown>[] = [];
  let onChanged: () => void = () => undefined;
  const { invoices, proofs, revoke } = await given("require", () => onChanged());
  onChanged = () => {
    if (revoked.length === 0) revoked.push(revoke());
  };
  expect(await proofs.receive(id, envelope)).toBe("unconfirmed");
  await Promise.all(revoked);
  expect(await invoices.get(id)).toMatchObject({ state: "paid", proofs: [{ revokedAtMs: 6_000 }] });
});
