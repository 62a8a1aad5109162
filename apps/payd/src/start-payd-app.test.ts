import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@p4/config";
import { createLogger } from "@p4/telemetry";
import { withNatsServer } from "@p4/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startPaydApp } from "./start-payd-app.ts";

const nats = withNatsServer();
const logger = createLogger({ level: "silent", name: "payd" });
const order = { method: "POST", headers: { "content-type": "application/json" }, body: '{"satoshis":1000}' };
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "p4-payd-app-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe("the configured wallet", () => {
  test("keeps its invoices on the broker, also when both are restarted", async () => {
    const config = loadConfig({ P4_DATA_DIR: dataDir, P4_PAYD_PORT: "0", P4_PUBLIC_URL: "https://pay.example" });
    const first = await startPaydApp({ config, logger, natsUrl: nats.url });
    const created = await fetch(`${first.url}/api/v1/invoices`, order);
    expect(created.status).toBe(201);
    const invoice = (await created.json()) as { id: string; paymentUrl: string };
    expect(invoice.paymentUrl).toBe(`wss://pay.example/ws/${invoice.id}`);
    // Rates are read from a file beside its key.
    writeFileSync(join(dataDir, "payd", "rates.json"), '{"EUR":{"price":"25"}}');
    const inEuros = await fetch(`${first.url}/api/v1/invoices`, { ...order, body: '{"amount":"1","currency":"EUR"}' });
    expect(await inEuros.json()).toMatchObject({ satoshis: 4_000_000 });
    await first.close();
    await nats.restart();

    const second = await startPaydApp({ config, logger, natsUrl: nats.url });
    try {
      // Its port was chosen by the system, and is another one now.
      const checkoutUrl = `${second.url}/i/${invoice.id}`;
      const read = await (await fetch(`${second.url}/api/v1/invoices/${invoice.id}`)).json();
      expect(read).toEqual({ ...invoice, checkoutUrl });
      expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
      // The counter of keys is there as well.
      const next = await fetch(`${second.url}/api/v1/invoices`, order);
      const { outputs } = (await next.json()) as { outputs: unknown };
      expect(outputs).not.toEqual((invoice as { outputs?: unknown }).outputs);
    } finally {
      await second.close();
    }
  });

  test("does not start without the key of its invoices, and says what to do", async () => {
    const config = loadConfig({ P4_DATA_DIR: dataDir, P4_PAYD_PORT: "0", P4_REGION: "keys" });
    await (await startPaydApp({ config, logger, natsUrl: nats.url })).close();
    const file = join(dataDir, "payd", "master.key");
    renameSync(file, `${file}.away`);
    const starting = startPaydApp({ config, logger, natsUrl: nats.url });
    await expect(starting).rejects.toMatchObject({
      code: "PAYD_KEY_MISSING",
      retryable: false,
      message: expect.stringContaining("restore it from your backup") as string,
    });
    renameSync(`${file}.away`, file);
    await (await startPaydApp({ config, logger, natsUrl: nats.url })).close();
  });

  test("is called by the name of P4_PAYD_URL too", async () => {
    const env = {
      P4_DATA_DIR: dataDir,
      P4_PAYD_PORT: "0",
      P4_REGION: "names",
      P4_PAYD_URL: "https://till.example/pay",
    };
    const wallet = await startPaydApp({ config: loadConfig(env), logger, natsUrl: nats.url });
    try {
      const { hostname, port } = new URL(wallet.url);
      const statusFor = (host: string) =>
        new Promise((resolve) => {
          get({ hostname, port, path: "/api/v1/invoices", headers: { host } }, (answer) => resolve(answer.statusCode));
        });
      expect([await statusFor("till.example"), await statusFor("other.example")]).toEqual([401, 403]);
      // A proxy of this machine may call it by any name, such as the one that it is configured with.
      expect(await statusFor("localhost")).toBe(401);
    } finally {
      await wallet.close();
    }
    const local = { ...env, P4_PAYD_URL: "http://localhost:8443" };
    const ownMachine = await startPaydApp({ config: loadConfig(local), logger, natsUrl: nats.url });
    try {
      expect((await fetch(`${ownMachine.url}/api/v1/invoices`)).status).toBe(200);
    } finally {
      await ownMachine.close();
    }
  });

  test("says when its broker is away", async () => {
    const config = loadConfig({ P4_DATA_DIR: dataDir, P4_PAYD_PORT: "0", P4_REGION: "away" });
    const wallet = await startPaydApp({ config, logger, natsUrl: nats.url });
    try {
      await nats.process.kill();
      await expect.poll(async () => (await fetch(`${wallet.url}/readyz`)).status).toBe(503);
      const refused = await fetch(`${wallet.url}/api/v1/invoices`, order);
      expect(refused.status).toBe(503);
      await nats.restart();
      await expect.poll(async () => (await fetch(`${wallet.url}/readyz`)).status).toBe(200);
    } finally {
      await wallet.close();
    }
  });
});
