import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePort } from "@p4/nats-server/testing";
import { wallClock, withNatsServer } from "@p4/testkit";
import { describe, expect, it } from "vitest";
import { spawnEdge } from "../test-support/edge-process.ts";
import { newChannelId, startTestEdge } from "../test-support/edges.ts";
import { get, locationOf, paymentUrl, post } from "../test-support/http-calls.ts";
import {
  ackText,
  bodyTextOf,
  joinScripted,
  paymentText,
  quickMerchant,
  rawTx,
  termsText,
} from "../test-support/scripted-wallet.ts";

const nats = withNatsServer();
const curl = (...args: string[]) => promisify(execFile)("curl", args);

/** The invoice is there, its merchant is not. */
async function openChannel(edge: { readonly port: number }): Promise<string> {
  const channelId = newChannelId();
  await (await joinScripted(edge, channelId, () => null)).leave();
  return channelId;
}

describe("the HTTP bridge", () => {
  it("completes a payment with curl alone, the merchant joining late", async () => {
    const edge = await startTestEdge(nats.url);
    const channelId = await openChannel(edge);
    const url = paymentUrl(edge, channelId);
    const asked = await curl("-si", "-H", "Prefer: wait=0", url);
    expect(asked.stdout).toMatch(/^HTTP\/1.1 202 /);
    const location = /^location: (\S+)/im.exec(asked.stdout)?.[1] ?? "";
    await joinScripted(edge, channelId, quickMerchant);
    const answer = await curl("-s", "-w", "\n%{http_code}", new URL(location, url).href);
    expect(answer.stdout).toBe(`${termsText}\n200`);
    const paid = await curl("-s", "-w", "\n%{http_code}", "-d", paymentText(1), url);
    expect(paid.stdout).toBe(`${ackText}\n201`);
  });

  it("keeps a payment whose edge is killed before the ack: Location and retry both find the answer", async () => {
    const port = await freePort();
    const edge = await spawnEdge(nats.url, port);
    const channelId = await openChannel(edge);
    const url = paymentUrl(edge, channelId);
    const early = await post(url, paymentText(2), { prefer: "wait=0" });
    expect(early.status).toBe(202);
    const cut = post(url, paymentText(2), { prefer: "wait=60" }).catch(() => "cut");
    await edge.kill();
    expect(await cut).toBe("cut");
    await spawnEdge(nats.url, port);
    const merchant = await joinScripted(edge, channelId, quickMerchant);
    expect(await get(locationOf(early, url))).toMatchObject({ status: 201, text: ackText });
    expect(await post(url, paymentText(2))).toMatchObject({ status: 201, text: ackText });
    expect(merchant.keys.filter((key) => key === "payment")).toHaveLength(1);
  });

  it("serves the customer on one edge and the merchant on another", async () => {
    const [a, b] = [await startTestEdge(nats.url), await startTestEdge(nats.url, { alwaysReplay: true })];
    const channelId = newChannelId();
    await joinScripted(b, channelId, quickMerchant);
    const url = paymentUrl(a, channelId);
    expect(await get(url)).toMatchObject({ status: 200, text: termsText });
    expect(await post(url, paymentText(3))).toMatchObject({ status: 201, text: ackText });
    expect(await post(paymentUrl(b, channelId), paymentText(3))).toMatchObject({ status: 201, text: ackText });
  });

  it("says 410 for what the merchant did not answer before the end, and keeps what it did", async () => {
    const clock = wallClock();
    const edge = await startTestEdge(nats.url, { P4_CHANNEL_TTL: "1h", P4_ACK_GRACE: "0s" });
    const [paid, unpaid] = [newChannelId(), newChannelId()];
    await joinScripted(edge, paid, quickMerchant);
    await joinScripted(edge, unpaid, () => null);
    expect((await post(paymentUrl(edge, paid), paymentText(4))).status).toBe(201);
    const early = await get(paymentUrl(edge, unpaid), { prefer: "wait=0" });
    expect(early.status).toBe(202);
    clock.pass(3_600_000);
    expect((await post(paymentUrl(edge, unpaid), paymentText(5), { prefer: "wait=0" })).status).toBe(410);
    expect((await get(paymentUrl(edge, unpaid))).status).toBe(410);
    expect((await get(locationOf(early, paymentUrl(edge, unpaid)))).status).toBe(410);
    expect((await post(paymentUrl(edge, paid), paymentText(6))).status).toBe(410);
    expect(await post(paymentUrl(edge, paid), paymentText(4))).toMatchObject({ status: 201, text: ackText });
  });
});

describe("messages over the broker's limit", () => {
  const large = { P4_MAX_MESSAGE_BYTES: "10MB" };
  const body = `{"rawTx":"${rawTx(7, 4_500_000)}"}`;

  it("take 9 MB from an HTTP wallet to a merchant on another edge, and to one that joins later", async () => {
    const [a, b] = [await startTestEdge(nats.url, large), await startTestEdge(nats.url, large)];
    const channelId = await openChannel(a);
    const heard = await joinScripted(b, channelId, () => null);
    const early = await post(paymentUrl(a, channelId), body, { prefer: "wait=0" });
    expect(early.status).toBe(202);
    await heard.hear("payment");
    expect(bodyTextOf(heard, "payment") === body).toBe(true);
    await heard.leave();
    const c = await startTestEdge(nats.url, large);
    const merchant = await joinScripted(c, channelId, quickMerchant);
    await merchant.hear("payment");
    expect(bodyTextOf(merchant, "payment") === body).toBe(true);
    expect(await post(paymentUrl(a, channelId), body)).toMatchObject({ status: 201, text: ackText });
  });

  it("take 9 MB from a socket to another, across edges", async () => {
    const [a, b] = [await startTestEdge(nats.url, large), await startTestEdge(nats.url, large)];
    const channelId = newChannelId();
    const merchant = await joinScripted(a, channelId, quickMerchant);
    const customer = await joinScripted(b, channelId, () => null, "role=customer");
    customer.send(`{"key":"payment","messageId":"p1","body":${body}}`);
    await customer.hear("payment.ack");
    expect(bodyTextOf(merchant, "payment") === body).toBe(true);
  });
});
