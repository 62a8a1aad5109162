import { withNatsServer } from "@p4/testkit";
import { describe, expect, it } from "vitest";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";
import { paymentUrl, post } from "./test-support/http-calls.ts";
import { paymentText } from "./test-support/scripted-wallet.ts";

describe("an edge", () => {
  const nats = withNatsServer();

  it("refuses what a connection adds beyond its budget, and its neighbour nothing", async () => {
    const edge = await startTestEdge(nats.url, {}, { limits: { byteRatePerConnection: 8_000 } });
    const id = newChannelId();
    const [merchant, customer] = [await edge.join(`${id}?role=merchant`), await edge.join(`${id}?role=customer`)];
    const body = { note: "x".repeat(100_000) };
    for (let i = 0; i < 2; i++) merchant.say("paymentrequest.response", { body });
    expect((await merchant.hear("error"))["errorBody"]).toMatchObject({ errCode: "EDGE_TOO_MANY_BYTES" });
    customer.say("payment", { body });
    expect((await merchant.hear("payment"))["body"]).toEqual(body);
    expect(merchant.closedWith).toBeNull();
  });

  it.each(["payment", "callback"])("answers 429 to a %s over HTTP beyond its address's budget", async (kind) => {
    const edge = await startTestEdge(nats.url, {}, { limits: { byteRatePerIp: 2_000 } });
    const channelId = newChannelId();
    const txid = "ab".repeat(32);
    const url =
      kind === "payment"
        ? paymentUrl(edge, channelId)
        : `http://127.0.0.1:${String(edge.port)}/proofs/${txid}?i=${channelId}`;
    const body = paymentText(1, `,"note":"${"x".repeat(20_000)}"`);
    expect((await post(url, body)).status).not.toBe(429);
    const refused = await post(url, body);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(JSON.parse(refused.text)).toMatchObject({ code: "EDGE_TOO_MANY_BYTES" });
  });
});
