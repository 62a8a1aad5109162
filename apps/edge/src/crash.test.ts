import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "@p4/nats-server/testing";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { ack, payment } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";
import { joinPeer, type Peer } from "./test-support/peer.ts";

const nats = withNatsServer();
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

describe("between payment and payment.ack", () => {
  it.each([
    ["live", false],
    ["replayed before each command", true],
  ])("nats-server is killed and comes back: the flow completes, with actors that are %s", async (_, alwaysReplay) => {
    const edge = await startTestEdge(nats.url, { alwaysReplay });
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&dialect=p4`);
    const customer = await edge.join(`${id}?role=customer&dialect=p4&wallet=a-secret-of-the-wallet`);
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    await nats.process.kill();
    // The wallet's own retry: the same message, until it is stored.
    merchant.say("payment.ack", { messageId: "ack-1", body: ack });
    await nats.restart();
    await sayUntilHeard(merchant, customer, "payment.ack", { messageId: "ack-1", body: ack });
    expect(customer.keys.filter((key) => key === "payment.ack")).toHaveLength(1);
    expect(merchant.closedWith).toBeNull();
    expect(customer.closedWith).toBeNull();
  });

  it("the edge is killed and starts again: both rejoin, and the flow completes", async () => {
    const port = await freePort();
    const url = (path: string): string => `ws://127.0.0.1:${String(port)}/ws/${path}`;
    const first = await startChild(port);
    const id = newChannelId();
    const merchant = await joinPeer(url(`${id}?role=merchant&dialect=p4`));
    const customer = await joinPeer(url(`${id}?role=customer&dialect=p4&wallet=a-secret-of-the-wallet`));
    customer.say("payment", { messageId: "pay-1", body: payment });
    const { sequence } = customer;
    await merchant.hear("payment");
    first.kill("SIGKILL");
    expect((await merchant.closed()).code).toBe(1006);
    const second = await startChild(port);
    // One rejoins afresh, the other goes on from where it was. The killed node's merchant does not block the seat.
    const merchantAgain = await joinPeer(url(`${id}?role=merchant&dialect=p4`));
    const customerAgain = await joinPeer(
      url(`${id}?role=customer&dialect=p4&wallet=a-secret-of-the-wallet&since=${sequence}`),
    );
    expect(await merchantAgain.hear("payment")).toMatchObject({ messageId: "pay-1" });
    merchantAgain.say("payment.ack", { messageId: "ack-1", body: ack });
    expect(await customerAgain.hear("payment.ack")).toMatchObject({ messageId: "ack-1", body: ack });
    expect(customerAgain.keys).toEqual(["join.success", "payment.ack"]);
    second.kill("SIGTERM");
    expect((await customerAgain.closed()).code).toBe(4200);
    expect(await exitCode(second)).toBe(0);
  });
});

/** Says it again when the server asks for that: an error that is retryable, or none at all. */
async function sayUntilHeard(from: Peer, to: Peer, key: string, members: object): Promise<void> {
  await waitFor(
    () => {
      if (to.keys.includes(key)) return true;
      from.say(key, members);
      return false;
    },
    { intervalMs: 100 },
  );
}

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

async function startChild(port: number): Promise<ChildProcess> {
  const settings = { P4_NATS_URL: nats.url, P4_PORT: String(port), P4_SHARDS: "2", P4_LOG_LEVEL: "error" };
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(child);
  await waitFor(async () => (await fetch(`http://127.0.0.1:${String(port)}/readyz`)).ok, { intervalMs: 20 });
  return child;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}
