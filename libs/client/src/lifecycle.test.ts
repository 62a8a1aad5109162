import { describe, expect, it, vi } from "vitest";
import { customer, type SessionEvent, type WebSocketConstructor } from "./index.ts";
import { createTestDouble } from "./testing.ts";

const backoff = { firstDelayMs: 1, maxDelayMs: 5 };

describe("a session", () => {
  it("leaves nothing behind at the signal of the program that started it", async () => {
    const double = createTestDouble();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff, signal });
    await wallet.joined({ signal });
    wallet.close();
    const names = (calls: readonly unknown[][]): unknown[] => calls.map(([, listener]) => listener);
    expect(names(added.mock.calls).length).toBeGreaterThan(0);
    expect(names(removed.mock.calls)).toEqual(expect.arrayContaining(names(added.mock.calls)));
  });
});

describe("a connection that cannot even be begun", () => {
  it("is one more lost connection: the next address is tried", async () => {
    const double = createTestDouble();
    const RefusingOne = class extends (double.webSocket as new (url: string) => object) {
      constructor(url: string) {
        // A page that came over TLS may not open ws: the constructor throws.
        if (url.startsWith("ws://blocked")) throw new DOMException("mixed content", "SecurityError");
        super(url);
      }
    } as unknown as WebSocketConstructor;
    const wallet = customer(["ws://blocked/ws/inv1", double.url("inv1")], { webSocket: RefusingOne, backoff });
    const lost = new Promise<SessionEvent>((resolve) => wallet.on("disconnected", resolve));
    expect(await lost).toMatchObject({ code: 1006, reason: expect.stringContaining("mixed content") as string });
    expect(await wallet.joined()).toMatchObject({ resumed: false });
    wallet.close();
  });
});

describe("events()", () => {
  it("gives what came between the call and the first read", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    const events = wallet.events();
    await wallet.joined();
    double.prove("inv1", "ab".repeat(32), "{}");
    const heard: string[] = [];
    for await (const { type } of events) {
      heard.push(type);
      if (type === "proof") wallet.close();
    }
    expect(heard).toEqual(["joined", "proof", "ended"]);
  });

  it("of a session that has ended are over at once", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    wallet.close();
    expect(await wallet.events().next()).toEqual({ done: true, value: undefined });
  });

  it("that are never read are not kept: a return before the first read ends them too", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    const events = wallet.events();
    await events.return();
    await wallet.joined();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    wallet.close();
  });

  it("that are never read leave nothing at their signal after the session's end", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    const events = wallet.events({ signal });
    await wallet.joined();
    wallet.close();
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledWith(...(added.mock.calls[0]?.slice(0, 2) as [string, () => void]));
    // What had come is still there for a late reader.
    const heard: string[] = [];
    for await (const { type } of events) heard.push(type);
    expect(heard).toEqual(["joined", "ended"]);
  });

  it("end with their signal, though it comes after the session's end", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    const abort = new AbortController();
    const events = wallet.events({ signal: abort.signal });
    await wallet.joined();
    wallet.close();
    abort.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});

describe("waitForProof", () => {
  it("finds a proof that came before the channel's end", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    await wallet.joined();
    const proved = wallet.waitForProof();
    double.prove("inv1", "ab".repeat(32), "{}");
    await proved;
    wallet.close();
    expect((await wallet.waitForProof({ txid: "ab".repeat(32) })).bodyText).toBe("{}");
    await expect(wallet.waitForProof({ txid: "cd".repeat(32) })).rejects.toMatchObject({ code: "SESSION_CLOSED" });
  });

  /** A wallet whose channel expires while it looks at a proof; `decide` ends the look. */
  async function expiredWhileChecking(signal?: AbortSignal) {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), { webSocket: double.webSocket, backoff });
    await wallet.joined();
    let decide = (_accepted: boolean): void => undefined;
    const accept = vi.fn(() => new Promise<boolean>((resolve) => (decide = resolve)));
    const proved = wallet.waitForProof({ accept, ...(signal === undefined ? {} : { signal }) });
    proved.catch(() => undefined);
    double.prove("inv1", "ab".repeat(32), "{}");
    await expect.poll(() => accept.mock.calls.length).toBe(1);
    double.expire("inv1");
    await expect.poll(() => wallet.phase).toBe("ended");
    return { accept, decide, proved };
  }

  it("waits for a check that the channel's end overtakes, and makes it once", async () => {
    const { accept, decide, proved } = await expiredWhileChecking();
    decide(true);
    expect((await proved).bodyText).toBe("{}");
    expect(accept).toHaveBeenCalledTimes(1);
  });

  it("rejects with the channel's end when that check fails", async () => {
    const { decide, proved } = await expiredWhileChecking();
    decide(false);
    await expect(proved).rejects.toMatchObject({ code: "CHANNEL_EXPIRED" });
  });

  it("stops waiting for that check when its signal is aborted", async () => {
    const abort = new AbortController();
    const { proved } = await expiredWhileChecking(abort.signal);
    abort.abort();
    await expect(proved).rejects.toMatchObject({ name: "AbortError" });
  });
});
