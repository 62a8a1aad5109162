import { customer, isRetryableServerCode, isSessionError, merchant } from "@p4/client";
import { signToken } from "@p4/node-crypto";
import { withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { messageErrorList } from "./errors.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";

const nats = withNatsServer();
const secret = "s".repeat(32);
let edge: TestEdge;
let guarded: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge(nats.url, { P4_JOIN_POLICY: "merchant-first", P4_MAX_MESSAGE_BYTES: "20000" });
  guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
});

/** Why a step of a session failed. */
const causeOf = (step: Promise<unknown>): Promise<string> =>
  step.then(
    () => "it did not fail",
    (error: unknown) => (isSessionError(error) ? error.code : String(error)),
  );

describe("the SDK at this edge", () => {
  it("repeats the refusals of a message that the tables call retryable, and no others", () => {
    for (const { code, retryable } of messageErrorList)
      expect([code, isRetryableServerCode(code)]).toEqual([code, retryable]);
  });

  it("ends the channel for both when the merchant says so", async () => {
    const id = newChannelId();
    const shop = merchant(edge.url(id), {});
    await shop.joined();
    const wallet = customer(edge.url(id), {});
    await wallet.joined();
    const ends = [shop, wallet].map((session) => new Promise((resolve) => session.on("ended", resolve)));
    await shop.closeChannel();
    for (const end of ends) expect(await end).toMatchObject({ reason: "closed" });
  });

  it.each([
    ["CHANNEL_UNKNOWN", () => [edge, newChannelId(), {}]],
    ["EDGE_TOKEN", () => [guarded, newChannelId(), {}]],
    ["EDGE_TOKEN", () => [guarded, newChannelId(), { token: signToken(secret, { channelId: "x", role: "customer" }) }]],
    ["EDGE_BAD_JOIN", () => [edge, `${newChannelId()}?colour=red`, {}]],
    ["EDGE_BAD_JOIN", () => [edge, newChannelId(), { wallet: "short" }]],
  ] as [string, () => [TestEdge, string, object]][])("ends at a join that is refused with %s", async (code, where) => {
    const [server, path, options] = where();
    const wallet = customer(server.url(path), options);
    expect(await causeOf(wallet.requestTerms())).toBe(code);
    expect(wallet.phase).toBe("ended");
    wallet.close();
  });

  it("knows its role, who is there, and why nothing comes", async () => {
    const id = newChannelId();
    const shop = merchant(edge.url(id));
    expect(await shop.joined()).toMatchObject({ role: "merchant", merchantPresent: true, maxMessageBytes: 20_000 });
    const rival = merchant(edge.url(id));
    expect(await rival.joined()).toMatchObject({ role: null, merchantPresent: true });
    const wallet = customer(edge.url(id));
    expect(await wallet.joined()).toMatchObject({ role: "customer", merchantPresent: true });
    expect(await causeOf(wallet.requestTerms({ timeoutMs: 4_000 }))).toBe("MERCHANT_SILENT");
    shop.close();
    rival.close();
    await expect.poll(() => edge.metric("edge_connections")).toBe(1);
    expect(await causeOf(wallet.requestTerms({ timeoutMs: 4_000 }))).toBe("MERCHANT_ABSENT");
    wallet.close();
  });

  it("keeps back a message that is larger than the server takes", async () => {
    const id = newChannelId();
    const shop = merchant(edge.url(id));
    await shop.joined();
    shop.onPayment(() => ({ memo: "thanks" }));
    const wallet = customer(edge.url(id));
    let losses = 0;
    wallet.on("disconnected", () => (losses += 1));
    expect(await causeOf(wallet.pay({ rawTx: "00".repeat(3_000_000) }))).toBe("MESSAGE_TOO_LARGE");
    expect(await wallet.pay({ rawTx: "00" })).toMatchObject({ accepted: true });
    expect(losses).toBe(0);
    wallet.close();
    shop.close();
  });
});
