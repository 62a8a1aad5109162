import { request } from "node:http";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withBroker } from "./test-support/broker.ts";
import { newChannelId, problemOf, startEdgeServer, type Answer, type EdgeServer } from "./test-support/edge-server.ts";
import { freePort } from "@p4/nats-server/testing";
import { noNginx, startNginx } from "./test-support/nginx.ts";
import { headerOf, type Wallet } from "./test-support/wallet.ts";

const broker = withBroker();
const behindProxy = { P4_TRUSTED_PROXIES: "127.0.0.1" };

const why = noNginx === null ? "" : ` (skipped: ${noNginx})`;
beforeEach(({ skip }) => {
  if (noNginx !== null) skip(noNginx);
});

/** Two edges of the same broker, and the deployed balancer in front of them. */
async function balanced(settings: Record<string, string> = {}): Promise<{ edges: EdgeServer[]; front: EdgeServer }> {
  const edges = [
    await startEdgeServer(broker.url, { ...behindProxy, ...settings }),
    await startEdgeServer(broker.url, { ...behindProxy, ...settings }),
  ];
  const [one = "", two = ""] = edges.map(({ httpUrl }) => new URL(httpUrl).host);
  return { edges, front: await startNginx([one, two]) };
}

async function gauge(edge: EdgeServer, name: string): Promise<number> {
  const { text } = await edge.get("/metrics");
  return Number(new RegExp(`^p4_${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text)?.[1]);
}

describe(`the deployed nginx.conf, in front of two edges${why}`, () => {
  let edges: EdgeServer[];
  let front: EdgeServer;
  beforeAll(async () => {
    if (noNginx === null) ({ edges, front } = await balanced());
  });

  it("lets the wallets of a channel talk, and confirms the subprotocol", async () => {
    const channelId = newChannelId();
    const shop = await front.join(`${channelId}?internal=true`, ["dpp"]);
    const wallet = await front.join(`${channelId}?role=customer`, ["p4"]);
    expect([shop.socket.protocol, wallet.socket.protocol]).toEqual(["dpp", "p4"]);
    wallet.send({ key: "paymentrequest.create", messageId: "m1", body: { text: "x".repeat(400_000) } });
    await shop.hear("paymentrequest.create");
    await Promise.all([shop.leave(), wallet.leave()]);
  });

  it("brings the wallets of a channel to one edge, and the channels to both", async () => {
    const wallets: Wallet[] = [];
    let count = 0;
    const channels = () => Promise.all(edges.map((edge) => gauge(edge, "edge_channels")));
    // Where a channel goes depends on the edges' ports.
    for (; count < 16 || Math.min(...(await channels())) === 0; count++) {
      const channelId = newChannelId();
      for (const role of ["merchant", "customer"]) wallets.push(await front.join(`${channelId}?role=${role}`));
    }
    await vi.waitFor(async () => {
      const [one, two] = await channels();
      expect(one! + two!).toBe(count);
    });
    await Promise.all(wallets.map((wallet) => wallet.leave()));
  });

  it("passes on what the bridge answers, with its headers", async () => {
    const path = `/api/v1/payment/${await front.openChannel()}`;
    const json = { "content-type": "application/json", prefer: "wait=0", origin: "https://wallet.example" };
    const { status, headers } = await front.post(path, JSON.stringify({ rawTx: "00" }), json);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([202, "*"]);
    expect(headers.get("location")).toMatch(/^\//);
    expect((await front.post("/proofs/xyz?i=none", "{}")).status).toBe(400);
  });

  it("lets a listener of events hear at once", async () => {
    const channelId = await front.openChannel();
    const aborted = new AbortController();
    const stream = await fetch(`${front.httpUrl}/channels/${channelId}/events`, { signal: aborted.signal });
    const reader = stream.body!.getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).toContain(":");
    aborted.abort();
  });
});

describe(`limits of one address behind nginx${why}`, () => {
  it("count each wallet for itself, whatever address it claims, and say when to come again", async () => {
    const { front } = await balanced({ P4_MAX_CONNECTIONS_PER_IP: "1" });
    // One channel, so that all come to the same edge.
    const channelId = newChannelId();
    const from = (localAddress: string, claim: string) => join(front, channelId, localAddress, claim);
    expect((await from("127.0.0.2", "")).status).toBe(101);
    expect((await from("127.0.0.3", "")).status).toBe(101);
    const refused = await from("127.0.0.2", "127.0.0.9");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(problemOf(refused).code).toBe("HTTP_TOO_MANY_CONNECTIONS");
  });
});

describe(`an edge that goes away behind nginx${why}`, () => {
  it("sends its wallets away with 4200, to the other edge, and no join is refused", async () => {
    const { edges, front } = await balanced();
    const channels: string[] = [];
    const wallets: Wallet[] = [];
    const connections = () => Promise.all(edges.map((edge) => gauge(edge, "edge_connections")));
    // Where a channel goes depends on the edges' ports.
    while (channels.length < 8 || Math.min(...(await connections())) === 0) {
      const channelId = newChannelId();
      channels.push(channelId);
      wallets.push(await front.join(`${channelId}?role=customer`));
    }
    const before = await connections();
    const closing = edges[0]!.close();
    const joinAll = (): Promise<Wallet[]> => Promise.all(channels.map((id) => front.join(`${id}?role=customer`)));
    const again = await joinAll();
    await closing;
    await vi.waitFor(() => expect(wallets.filter(({ closedWith }) => closedWith === 4200)).toHaveLength(before[0]!));
    // The drained edge's port is closed now.
    again.push(...(await joinAll()));
    expect(await gauge(edges[1]!, "edge_connections")).toBe(before[1]! + again.length);
    await Promise.all(again.map((wallet) => wallet.leave()));
  });

  it("leaves a front that asks for patience, when it was the last one", async () => {
    const [one, two] = [await freePort(), await freePort()];
    const front = await startNginx([`127.0.0.1:${String(one)}`, `127.0.0.1:${String(two)}`]);
    for (let tries = 0; tries < 3; tries++) {
      const answer = await join(front, newChannelId(), "127.0.0.1", "");
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(problemOf(answer).code).toBe("HTTP_NO_EDGE");
    }
  });
});

describe(`an nginx that does not pass the upgrade on${why}`, () => {
  it.each([["proxy_set_header Connection $connection_upgrade;"], ["proxy_set_header Upgrade $http_upgrade;"]])(
    "without %s: the join is refused with that header's name, and nothing of it stays",
    async (line) => {
      const edge = await startEdgeServer(broker.url, behindProxy);
      const { host } = new URL(edge.httpUrl);
      const front = await startNginx([host, host], [line]);
      const channelId = newChannelId();
      const answer = await join(front, channelId, "127.0.0.1", "", "merchant");
      expect([answer.status, problemOf(answer).code]).toEqual([426, "HTTP_UPGRADE_REQUIRED"]);
      expect(problemOf(answer).detail).toContain(`header ${line.split(" ")[1] ?? ""}`);
      expect(await gauge(edge, "edge_connections")).toBe(0);
      // The merchant's seat is free, and the drain ends.
      const shop = await edge.join(`${channelId}?role=merchant`);
      expect(headerOf(shop.frames[0] ?? {}, "x-p4-role")).toBe("merchant");
      await edge.close();
      await vi.waitFor(() => expect(shop.closedWith).toBe(4200));
    },
  );
});

/** A bare upgrade from this address of the machine, with this X-Forwarded-For of its own. */
function join(
  server: EdgeServer,
  channelId: string,
  localAddress: string,
  claim: string,
  role = "customer",
): Promise<Answer> {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
    ...(claim === "" ? {} : { "x-forwarded-for": claim }),
  };
  return new Promise((resolve, reject) => {
    const url = `${server.httpUrl}/ws/${channelId}?role=${role}`;
    const sent = request(url, { headers, localAddress });
    sent.on("upgrade", ({ statusCode: status = 0 }) => resolve({ status, headers: new Headers(), text: "" }));
    sent.on("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        const entries = Object.entries(response.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        );
        resolve({ status: response.statusCode ?? 0, headers: new Headers(entries), text });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}
