import { loadConfig } from "@p4/config";
import { openChannelNode, placementOf } from "@p4/app";
import { waitFor, withNatsServer } from "@p4/testkit";
import { expect, it, onTestFinished, vi } from "vitest";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";
import { get } from "./test-support/http-calls.ts";

const nats = withNatsServer();
const threeHoursMs = 3 * 3_600_000;

it("an edge whose clock is wrong says so, takes no wallet and ends no channel", async () => {
  const edge = await startTestEdge(nats.url, {}, { watchesClock: true });
  const channelId = newChannelId();
  const merchant = await edge.join(`${channelId}?role=merchant`);
  const customer = await edge.join(`${channelId}?role=customer`);
  const readyz = async (port: number) => {
    const { status, text } = await get(`http://127.0.0.1:${String(port)}/readyz`);
    return { status, ...(JSON.parse(text) as { checks: { clock: { ok: boolean; detail?: string } } }).checks.clock };
  };
  expect(await readyz(edge.port)).toMatchObject({ status: 200, ok: true });

  const { now } = Date;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + threeHoursMs);
  onTestFinished(() => clock.mockRestore());
  const fast = await startTestEdge(nats.url, {}, { watchesClock: true });
  const refusal = {
    status: 503,
    ok: false,
    detail: expect.stringMatching(/10[78]\d\d s ahead of the broker's/) as string,
  };
  expect(await readyz(fast.port)).toMatchObject(refusal);
  expect(await fast.upgrade(channelId)).toMatchObject({
    status: 503,
    body: expect.stringContaining("clock") as string,
  });
  // The first edge's time was set while it ran: it notices without asking.
  expect(await readyz(edge.port)).toMatchObject(refusal);
  clock.mockRestore();
  await waitFor(async () => (await readyz(edge.port)).status === 200);

  merchant.say("paymentrequest.response", { body: {} });
  await customer.hear("paymentrequest.response");
  const config = loadConfig({ P4_SHARDS: "2" });
  const node = await openChannelNode({ natsUrl: nats.url, name: "test", ...placementOf(config) });
  onTestFinished(() => node.close());
  const events = await node.log.readStream(channelId);
  const types = events.map(({ bytes }) => (JSON.parse(new TextDecoder().decode(bytes)) as { type: string }).type);
  expect(types).not.toContain("ChannelExpired");
});
