import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { withBroker } from "./test-support/broker.ts";
import { EdgeProcess } from "./test-support/edge-process.ts";
import { newChannelId } from "./test-support/edge-server.ts";
import { messages } from "./test-support/vectors.ts";
import type { Wallet } from "./test-support/wallet.ts";

const broker = withBroker();

/** `curl`, silent, with the status on a line of its own at the end. */
async function curl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("curl", ["-s", "-w", "\n%{http_code}", ...args]);
  return stdout;
}

/** What a shell script would pass to outlive a restart of the server. */
const patient = ["--retry", "30", "--retry-delay", "1", "--retry-all-errors"];
const { txid } = messages.transactions.T;
const payment = JSON.stringify(messages.bodies.dppV0111.payment);
const ack = `{"id":"invoice","tx_id":"${String(txid)}","memo":"thank you","peer_channel":null,"one":1.0}`;

function acknowledge(merchant: Wallet, correlationId: unknown): void {
  merchant.send(`{"type":"payment.ack","correlationId":${JSON.stringify(correlationId)},"body":${ack}}\n`);
}

describe("a payment with nothing but curl", () => {
  it("outlives the edge: one command, the ack comes from the next one, the merchant hears it once", async () => {
    const edge = await EdgeProcess.start(broker.url);
    const id = newChannelId();
    const url = `${edge.server.httpUrl}/api/v1/payment/${id}`;
    const merchant = await edge.server.join(`${id}?internal=true`);
    const answer = curl(...patient, "-H", "Prefer: wait=30", "-d", payment, url);
    // The merchant has the payment and the customer waits: now it dies.
    const { correlationId } = await merchant.hear("payment");
    await edge.kill();
    await edge.start();
    const back = await edge.server.join(`${id}?internal=true`);
    expect(await back.hear("payment")).toMatchObject({ correlationId });
    acknowledge(back, correlationId);
    expect(await answer).toBe(`${ack}\n201`);
    // And for a repeated request, from the log.
    expect(await curl("-d", payment, url)).toBe(`${ack}\n201`);
    expect(back.keys.filter((key) => key === "payment")).toHaveLength(1);
  });

  it("reaches a merchant that joins late, and keeps the acknowledgement for a customer that gave up", async () => {
    const edge = await EdgeProcess.start(broker.url);
    const id = newChannelId();
    const url = `${edge.server.httpUrl}/api/v1/payment/${id}`;
    expect(await curl(url)).toMatch(/\n404$/);
    await (await edge.server.join(`${id}?internal=true`)).leave();
    const early = await curl("-H", "Prefer: wait=0", "-H", "Idempotency-Key: order-7", "-d", payment, url);
    expect(early).toMatch(/\n202$/);
    const { location } = JSON.parse(early.slice(0, early.lastIndexOf("\n"))) as { location: string };
    await edge.kill();
    await edge.start();
    const merchant = await edge.server.join(`${id}?internal=true`);
    const { correlationId } = await merchant.hear("payment");
    acknowledge(merchant, correlationId);
    expect(await curl(new URL(location, url).href)).toBe(`${ack}\n201`);
    // The key alone is enough, whatever the body was called; the transaction alone as well.
    expect(await curl("-H", "Idempotency-Key: order-7", "-d", payment, url)).toBe(`${ack}\n201`);
    expect(await curl("-d", `{"transaction":"${String(messages.transactions.T.rawTx)}"}`, url)).toBe(`${ack}\n201`);
    expect(merchant.keys.filter((key) => key === "payment")).toHaveLength(1);
  });
});
