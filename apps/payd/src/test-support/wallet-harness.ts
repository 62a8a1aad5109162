import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInMemoryStore, type DocumentStore } from "@p4/event-store";
import { createLogger } from "@p4/telemetry";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { startPayd, type Payd } from "../payd.ts";
import type { PaydOptions } from "../payd-options.ts";
import { CustomerCoins } from "./customer-coins.ts";
import { startFakeChannelServer, type FakeChannelServer, type Frame } from "./fake-channel-server.ts";
import { startScriptedMiner, type ScriptedMiner } from "./scripted-miner.ts";

/** An invoice as the HTTP interface shows it. */
export interface InvoiceView {
  readonly id: string;
  readonly state: string;
  readonly status: string;
  readonly refunds: readonly { readonly txid: string; readonly satoshis: number }[];
  readonly price: { readonly rate: string; readonly rateAt: string | null } | null;
  readonly satoshis: number;
  readonly orderId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly channel: string;
  readonly expired: boolean;
  readonly paymentUrl: string;
  readonly checkoutUrl: string;
  readonly uri: string;
  readonly outputs: readonly { readonly satoshis: number; readonly script: string }[];
  readonly payment: { readonly txid: string; readonly satoshis: number } | null;
  readonly proofs: readonly { readonly blockHash: string; readonly headerConfirmed: boolean }[];
  readonly rejections: readonly { readonly status: string; readonly code: number | null }[];
  readonly doubleSpends: readonly { readonly reason: string; readonly txid: string }[];
}

/** A wallet with all that surrounds it, new for each test. */
export class WalletHarness {
  server!: FakeChannelServer;
  miner!: ScriptedMiner;
  coins!: CustomerCoins;
  documents!: DocumentStore;
  dataDir!: string;
  #payd: Payd | undefined;

  get url(): string {
    return this.#payd?.url ?? "";
  }

  async setUp(): Promise<void> {
    this.server = await startFakeChannelServer();
    this.miner = await startScriptedMiner();
    this.coins = new CustomerCoins();
    this.forgetInvoices();
    this.dataDir = mkdtempSync(join(tmpdir(), "p4-payd-"));
  }

  async tearDown(): Promise<void> {
    await this.stop();
    await Promise.all([this.server.close(), this.miner.close()]);
    rmSync(this.dataDir, { recursive: true });
  }

  forgetInvoices(): void {
    this.documents = createInMemoryStore().documents("payd");
  }

  async start(changes: Partial<PaydOptions> = {}): Promise<void> {
    this.#payd = await startPayd({
      host: "127.0.0.1",
      port: 0,
      socketUrl: this.server.url,
      callbackUrl: "http://proofs.example",
      callbackToken: "a-callback-token",
      minerUrl: this.miner.url,
      headers: this.coins.headers,
      headerPolicy: "require",
      documents: this.documents,
      dataDir: this.dataDir,
      // Patient enough for a second try on a busy machine.
      retry: { firstDelayMs: 1, maxDelayMs: 100, patienceMs: 1_500 },
      headerRetryDelaysMs: [],
      // What is tried again by itself is a test's own matter.
      resumeRetryMs: 3_600_000,
      logger: createLogger({ level: "silent", name: "payd" }),
      ...changes,
    });
  }

  async stop(): Promise<void> {
    await this.#payd?.close();
    this.#payd = undefined;
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(this.url + path, { method: "POST", headers: { ...type, ...headers }, ...sent });
  }

  async read(id: string): Promise<InvoiceView> {
    return (await (await fetch(`${this.url}/api/v1/invoices/${id}`)).json()) as InvoiceView;
  }

  async createInvoice(order: object = { satoshis: 1_000, memo: "tea" }): Promise<InvoiceView> {
    return (await (await this.post("/api/v1/invoices", order)).json()) as InvoiceView;
  }

  async createConnected(): Promise<InvoiceView> {
    const invoice = await this.createInvoice();
    expect((await this.post(`/connect/${invoice.id}`)).status).toBe(204);
    return invoice;
  }

  /** Sends one message to the wallet and returns its answer to that message. */
  async ask(id: string, key: string, body: unknown, messageId: string): Promise<Frame> {
    this.server.send(id, key, body, messageId);
    return eventually(() => {
      const answer = this.server.frames.find(({ correlationID }) => correlationID === messageId);
      if (answer === undefined) throw new Error(`no answer to ${key}`);
      return answer;
    });
  }

  inState(id: string, state: string): Promise<InvoiceView> {
    return eventually(async () => {
      const invoice = await this.read(id);
      expect(invoice.state).toBe(state);
      return invoice;
    });
  }
}

/** Waits until the assertions hold. */
export function eventually<Value>(assertions: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(assertions, { interval: 5 });
}

/** Call it while a test file is being collected. */
export function useWallet(): WalletHarness {
  const harness = new WalletHarness();
  beforeEach(() => harness.setUp());
  afterEach(() => harness.tearDown());
  return harness;
}
