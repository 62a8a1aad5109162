import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@p4/config";
import { createLogger } from "@p4/telemetry";
import { withNatsServer } from "@p4/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startPaydApp } from "./start-payd-app.ts";

const nats = withNatsServer();
const logger = createLogger({ level: "silent", name: "payd" });
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "p4-payd-app-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe("the configured wallet", () => {
  test("keeps its invoices on the broker, also when both are started anew", async () => {
    const config = loadConfig({ P4_DATA_DIR: dataDir, P4_PAYD_PORT: "0", P4_PUBLIC_URL: "https://pay.example" });
    const first = await startPaydApp({ config, logger, natsUrl: nats.url });
    const created = await fetch(`${first.url}/api/v1/invoices`, { method: "POST", body: '{"satoshis":1000}' });
    expect(created.status).toBe(201);
    const invoice = (await created.json()) as { id: string; paymentUrl: string };
    expect(invoice.paymentUrl).toBe(`wss://pay.example/ws/${invoice.id}`);
    await first.close();
    await nats.restart();

    const second = await startPaydApp({ config, logger, natsUrl: nats.url });
    try {
      expect(await (await fetch(`${second.url}/api/v1/invoices/${invoice.id}`)).json()).toEqual(invoice);
      expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
      // The counter of keys is there as well.
      const next = await fetch(`${second.url}/api/v1/invoices`, { method: "POST", body: '{"satoshis":1000}' });
      const { outputs } = (await next.json()) as { outputs: unknown };
      expect(outputs).not.toEqual((invoice as { outputs?: unknown }).outputs);
    } finally {
      await second.close();
    }
  });

  test("says when its broker is away", async () => {
    const config = loadConfig({ P4_DATA_DIR: dataDir, P4_PAYD_PORT: "0" });
    const wallet = await startPaydApp({ config, logger, natsUrl: nats.url });
    try {
      await nats.process.kill();
      await expect.poll(async () => (await fetch(`${wallet.url}/readyz`)).status).toBe(503);
      const refused = await fetch(`${wallet.url}/api/v1/invoices`, { method: "POST", body: '{"satoshis":1000}' });
      expect(refused.status).toBe(503);
      await nats.restart();
      await expect.poll(async () => (await fetch(`${wallet.url}/readyz`)).status).toBe(200);
    } finally {
      await wallet.close();
    }
  });
});
