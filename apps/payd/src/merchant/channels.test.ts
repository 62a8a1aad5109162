import { createLogger } from "@p4/telemetry";
import { expect, test, vi } from "vitest";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { invoiceIn } from "../test-support/invoices.ts";
import { Channels } from "./channels.ts";

test("a connect that comes while the wallet shuts down opens no session", async () => {
  let answer = (): void => undefined;
  const invoices = {
    get: () => new Promise((resolve) => (answer = () => resolve(invoiceIn.pending))),
  } as unknown as InvoiceRepository;
  const open = vi.fn();
  const logger = createLogger({ level: "silent", name: "payd" });
  const channels = new Channels({ invoices, open, now: () => 0, joinTimeoutMs: 1_000, logger });
  const connecting = channels.connect(invoiceIn.pending.id);
  channels.close();
  answer();
  await expect(connecting).rejects.toMatchObject({ code: "PAYD_CHANNEL_UNREACHABLE" });
  expect(open).not.toHaveBeenCalled();
});
