import { describe, expect, it } from "vitest";
import { customer, merchant, type WebSocketConstructor } from "./index.ts";
import { createTestDouble } from "./testing.ts";
import type { WebSocketLike } from "./web-socket.ts";

const backoff = { firstDelayMs: 1, maxDelayMs: 2 };
const url = "ws://server/ws/inv1";

/** Counts the sockets that are made. */
function counting(webSocket: WebSocketConstructor): { webSocket: WebSocketConstructor; made: string[] } {
  const made: string[] = [];
  const Counting = class extends (webSocket as new (url: string) => object) {
    constructor(url: string) {
      made.push(url);
      super(url);
    }
  };
  return { webSocket: Counting as unknown as WebSocketConstructor, made };
}

describe("a join that the server refuses for good", () => {
  it.each([
    [4404, "CHANNEL_UNKNOWN: inv1: the merchant has to open it first", "CHANNEL_UNKNOWN"],
    [4401, "EDGE_TOKEN: token: one that was signed for this channel and this role", "EDGE_TOKEN"],
    [4400, "", "JOIN_REFUSED"],
  ])("%i ends the session, which tries once: %s", async (code, reason, errorCode) => {
    const double = createTestDouble();
    double.refuseJoins(code, reason);
    const { webSocket, made } = counting(double.webSocket);
    const wallet = customer([url, url], { webSocket, backoff });
    const asked = wallet.requestTerms();
    await expect(wallet.joined()).rejects.toMatchObject({ code: errorCode, retryable: false });
    await expect(asked).rejects.toMatchObject({ code: errorCode });
    await expect(wallet.pay({ rawTx: "00" })).rejects.toMatchObject({ code: errorCode });
    expect(wallet.phase).toBe("ended");
    expect(made).toHaveLength(1);
    expect(new URL(made[0]!).searchParams.get("refusal")).toBe("close");
  });

  it("for the moment is tried again", async () => {
    const double = createTestDouble();
    double.refuseJoins(4100, "EDGE_OVERLOADED: no new channels at the moment");
    const { webSocket, made } = counting(double.webSocket);
    const wallet = customer(url, { webSocket, backoff });
    await expect.poll(() => made.length).toBeGreaterThan(3);
    await expect(wallet.joined({ timeoutMs: 5 })).rejects.toMatchObject({
      code: "SERVER_UNREACHABLE",
      message: expect.stringContaining("EDGE_OVERLOADED") as unknown,
    });
    wallet.close();
  });
});

/** A socket that tells the answer to a refused upgrade, as the `ws` package's does. */
function answering(status: number, ...chunks: string[]): { webSocket: WebSocketConstructor; aborted: () => number } {
  let aborted = 0;
  class Answering implements Partial<WebSocketLike> {
    onerror: (() => void) | null = null;
    onclose: ((event: object) => void) | null = null;
    on(_: "unexpected-response", listener: (request: object, answer: object) => void): void {
      const heard = new Map<string, (chunk?: Uint8Array) => void>();
      const answer = { statusCode: status, on: (event: string, hear: () => void) => heard.set(event, hear) };
      const request = {
        destroy: () => {
          aborted += 1;
          this.onerror?.();
          this.onclose?.({ code: 1006, reason: "" });
        },
      };
      queueMicrotask(() => {
        listener(request, answer);
        for (const chunk of chunks) heard.get("data")?.(new TextEncoder().encode(chunk));
        heard.get("end")?.();
      });
    }
    close(): void {}
  }
  return { webSocket: Answering as unknown as WebSocketConstructor, aborted: () => aborted };
}

describe("an HTTP answer that the runtime tells", () => {
  const problem = JSON.stringify({ status: 404, code: "CHANNEL_UNKNOWN", detail: "inv1: the merchant has to open it" });

  it.each([
    [404, [problem.slice(0, 20), problem.slice(20)], "CHANNEL_UNKNOWN", "inv1: the merchant has to open it"],
    [401, ["<html>"], "HTTP_401", "the answer to the join"],
    [403, [], "HTTP_403", "the answer to the join"],
    [400, ["x".repeat(100_000)], "HTTP_400", "the answer to the join"],
  ])("%i ends the session", async (status, chunks, code, message) => {
    const { webSocket, aborted } = answering(status, ...chunks);
    const wallet = customer(url, { webSocket, backoff });
    await expect(wallet.joined()).rejects.toMatchObject({ code, message });
    expect(aborted()).toBe(1);
  });

  it.each([429, 500, 502, 503])("%i is tried again", async (status) => {
    const { webSocket, aborted } = answering(status);
    const wallet = customer(url, { webSocket, backoff });
    await expect.poll(aborted).toBeGreaterThan(2);
    expect(wallet.phase).not.toBe("ended");
    wallet.close();
  });
});

describe("an address to which no socket may be made", () => {
  const webSocket = class {
    constructor() {
      throw new DOMException("mixed content", "SecurityError");
    }
  } as unknown as WebSocketConstructor;

  it("ends the session when there is no other", async () => {
    const wallet = customer([url, url], { webSocket, backoff });
    await expect(wallet.joined()).rejects.toMatchObject({
      code: "CONNECTION_BLOCKED",
      message: expect.stringContaining("mixed content") as unknown,
    });
  });
});

describe("the granted role", () => {
  it("is told: a second merchant knows that it has not got the seat", async () => {
    const double = createTestDouble();
    const options = { webSocket: double.webSocket, backoff };
    const [first, second] = [merchant(url, options), merchant(url, options)];
    const wallet = customer(url, options);
    expect(await first.joined()).toMatchObject({ role: "merchant", merchantPresent: true });
    expect(await second.joined()).toMatchObject({ role: null, merchantPresent: true });
    expect(await wallet.joined()).toMatchObject({ role: "customer", maxMessageBytes: 1_000_000 });
    for (const session of [first, second, wallet]) session.close();
  });
});

describe("a message over the server's limit", () => {
  it("is not sent, and leaves the connection and the others alone", async () => {
    const double = createTestDouble({ maxMessageBytes: 2_000 });
    const { webSocket, made } = counting(double.webSocket);
    const wallet = customer(double.url("inv1"), { webSocket, backoff });
    const early = wallet.pay({ rawTx: "00".repeat(2_000) });
    await expect(early).rejects.toMatchObject({
      code: "MESSAGE_TOO_LARGE",
      message: expect.stringContaining("2000") as unknown,
    });
    await expect(wallet.pay({ rawTx: "00".repeat(2_000) })).rejects.toMatchObject({ code: "MESSAGE_TOO_LARGE" });
    const shop = merchant(double.url("inv1"), { webSocket: double.webSocket, backoff });
    shop.onPayment(() => ({ memo: "thanks" }));
    expect(await wallet.pay({ rawTx: "00" })).toMatchObject({ accepted: true });
    expect(made).toHaveLength(1);
    wallet.close();
    shop.close();
  });
});
