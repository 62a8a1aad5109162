import { describe, expect, it, vi } from "vitest";
import { HeaderWatch, maxWaiting, waitsAtMostMs } from "./header-watch.ts";
import { arcMined, blockA, blockB, headerOf, mapiProof, merkleRootOf, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer, type ProofServer } from "./test-support/proof-server.ts";

const minuteMs = 60_000;
const proofsOf = async (server: ProofServer) =>
  (await server.events(channelId)).flatMap((event) => (event.type === "ProofRecorded" ? [event.data.proof] : []));

/** A channel whose accepted payment has a proof of a block that the header source does not know. */
async function waiting(body: string = mapiProof(blockA)): Promise<ProofServer> {
  const server = await proofServer({ awaitsHeaders: true });
  await server.pay(txid);
  const response = await server.post(`/proofs/${txid}?i=${channelId}`, body);
  expect(response.status).toBe(201);
  return server;
}

describe("a proof whose block the header source does not know", () => {
  it("settles without a header source, and is marked as waiting with one", async () => {
    const trusting = await proofServer();
    await trusting.pay(txid);
    await trusting.post(`/proofs/${txid}?i=${channelId}`, mapiProof(blockA));
    expect(await trusting.state()).toBe("settled");

    const server = await waiting();
    expect(await server.state()).toBe("awaitingProof");
    expect(await proofsOf(server)).toMatchObject([{ status: "received", awaitsHeader: true }]);
  });

  it.each([
    ["mAPI's", mapiProof(blockA)],
    ["ARC's", JSON.stringify(arcMined(blockA))],
  ])("settles once the header has come (%s)", async (_, body) => {
    const server = await waiting(body);
    const watch = new HeaderWatch(server.services);
    await watch.look();
    expect(await server.state()).toBe("awaitingProof");

    server.headers.add(headerOf(blockA), blockA.blockHeight);
    server.nowMs += 5_000;
    await watch.look();
    const [received, verified] = await proofsOf(server);
    expect(verified).toEqual({ ...received, status: "verified", awaitsHeader: undefined });
    expect(await server.state()).toBe("settled");
    expect(JSON.parse((await server.get(`/proofs/${txid}`)).body ?? "")).toMatchObject({ state: "verified" });

    // Nothing is left to look after, here and after a restart.
    const later = new HeaderWatch(server.services);
    await later.look();
    expect([watch.size, later.size]).toEqual([0, 0]);
  });

  it("is found again after a restart", async () => {
    const server = await waiting();
    server.headers.add(headerOf(blockA), blockA.blockHeight);
    await new HeaderWatch(server.services).look();
    expect(await server.state()).toBe("settled");
  });

  it("is looked after again when what was read of the log is from before it", async () => {
    const server = await proofServer({ awaitsHeaders: true });
    await server.pay(txid);
    const before = await server.registry.read(channelId);
    await server.post(`/proofs/${txid}?i=${channelId}`, mapiProof(blockA));
    server.headers.add(headerOf(blockA), blockA.blockHeight);
    const read = server.registry.read.bind(server.registry);
    let lags = true;
    vi.spyOn(server.registry, "read").mockImplementation((id) => (lags ? Promise.resolve(before) : read(id)));
    const watch = new HeaderWatch(server.services);
    await watch.look();
    expect(watch.size).toBe(1);
    lags = false;
    server.nowMs += 5_000;
    await watch.look();
    expect([watch.size, await server.state()]).toEqual([0, "settled"]);
  });

  it("is looked after again when the header source knew its block for a moment only", async () => {
    const server = await proofServer({ awaitsHeaders: true });
    const { headers } = server;
    await server.pay(txid);
    headers.add(headerOf(blockA), blockA.blockHeight);
    await server.post(`/proofs/${txid}?i=${channelId}`, mapiProof(blockA));
    // A transaction that has left a block is asked about once more before a proof of it is believed.
    headers.remove(blockA.blockHash);
    const stale = { txid, txStatus: "MINED_IN_STALE_BLOCK", blockHash: blockA.blockHash };
    await server.post(`/proofs/${txid}?i=${channelId}`, JSON.stringify(stale));
    await server.post(`/proofs/${txid}?i=${channelId}`, mapiProof(blockB));
    headers.add(headerOf(blockB), blockB.blockHeight);
    const lookup = headers.lookup.bind(headers);
    const flaky = vi
      .spyOn(headers, "lookup")
      .mockImplementation(async (claim, options) =>
        options?.fresh === true ? { kind: "unavailable", reason: "gone again" } : lookup(claim, options),
      );
    const watch = new HeaderWatch(server.services);
    await watch.look();
    expect([watch.size, await server.state()]).toEqual([1, "awaitingProof"]);
    flaky.mockRestore();
    server.nowMs += 5_000;
    await watch.look();
    expect([watch.size, await server.state()]).toEqual([0, "settled"]);
  });

  it("is asked about at growing pauses, and given up after some days", async () => {
    const server = await waiting();
    const watch = new HeaderWatch(server.services);
    const asksWithin = async (ms: number): Promise<number> => {
      const before = server.headers.asked.length;
      for (const end = server.nowMs + ms; server.nowMs < end; server.nowMs += 2_000) await watch.look();
      return server.headers.asked.length - before;
    };
    const [first, later] = [await asksWithin(10 * minuteMs), await asksWithin(10 * minuteMs)];
    expect(first).toBeGreaterThan(10);
    expect(later).toBeLessThanOrEqual(4);
    server.nowMs += waitsAtMostMs;
    await watch.look();
    expect(watch.size).toBe(0);
    server.headers.add(headerOf(blockA), blockA.blockHeight);
    await new HeaderWatch(server.services).look();
    expect(await server.state()).toBe("awaitingProof");
  });

  it("is dropped when its block turns out to have another root", async () => {
    const server = await waiting();
    const watch = new HeaderWatch(server.services);
    server.headers.add({ hash: blockA.blockHash, merkleRoot: "00".repeat(32) }, blockA.blockHeight);
    await watch.look();
    expect(watch.size).toBe(0);
    expect(await server.state()).toBe("awaitingProof");
  });

  it("is not looked after when the channel has never submitted its transaction", async () => {
    const server = await proofServer({ awaitsHeaders: true });
    await server.post(`/proofs/${txid}?i=${channelId}`, mapiProof(blockA));
    const watch = new HeaderWatch(server.services);
    await watch.look();
    expect(watch.size).toBe(0);
  });

  it("stays while the broker is away, and others are given up to make room beyond a bound", async () => {
    const server = await waiting();
    const { services } = server;
    const claim = { merkleRoot: merkleRootOf(blockA) };
    for (let index = 0; index < maxWaiting; index++) {
      await services.waiting.add(String(index), { channelId, txid, claim, sinceMs: server.nowMs });
    }
    const watch = new HeaderWatch(services);
    server.headers.away = true;
    await watch.look();
    expect(watch.size).toBe(maxWaiting);
  });
});
