import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { allChecks } from "./checks/index.ts";
import { Kit } from "./kit.ts";
import { runChecks } from "./run-checks.ts";
import { httpBaseOf, readSocketBase } from "./target.ts";
import { envelopeVectors } from "./envelope-vectors.ts";

const closedPort = { socketBase: "ws://127.0.0.1:1/ws", httpBase: "http://127.0.0.1:1", dialect: "p4" } as const;

describe("runChecks", () => {
  it("gives every check that is asked for one verdict, whatever the server does", async () => {
    const only = ["join-success", "plain-get", "internal-is-dpp", "burst"];
    const seen: string[] = [];
    const card = await runChecks({
      target: closedPort,
      connectTcp: null,
      waitMs: 50,
      only,
      onResult: ({ id }) => seen.push(id),
    });
    expect(seen).toEqual(only);
    expect(card.results.map(({ outcome }) => outcome)).toEqual(["fail", "fail", "skip", "fail"]);
    expect(card).toMatchObject({ passed: 0, failed: 3, skipped: 1, percent: 0 });
    expect(card.results[0]?.reason).toContain("before join.success");
  });

  it("skips what it is not given the means for", async () => {
    const card = await runChecks({
      target: { ...closedPort, httpBase: null },
      connectTcp: null,
      only: ["slow-reader", "bridge-payment"],
    });
    expect(card.results.map(({ outcome }) => outcome)).toEqual(["skip", "skip"]);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const options = { target: closedPort, connectTcp: null, waitMs: 10, signal: stop.signal };
    const card = await runChecks({ ...options, onResult: () => stop.abort() });
    expect(card.results).toHaveLength(1);
  });
});

describe("a check that fails while it waits for an answer", () => {
  it("leaves nothing behind: neither an unhandled rejection nor a request", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const target = { ...closedPort, httpBase: `http://127.0.0.1:${port}` };
    const kit = new Kit({ target, waitMs: 5_000, connectTcp: null });
    const unheard: unknown[] = [];
    const listener = (error: unknown) => unheard.push(error);
    process.on("unhandledRejection", listener);
    void kit.http("/never-answered");
    await new Promise((resolve) => server.once("request", resolve));
    kit.end();
    // Resolves only when the connection of the request is gone.
    await new Promise((resolve) => server.close(resolve));
    process.off("unhandledRejection", listener);
    expect(unheard).toEqual([]);
    await expect(kit.join("late")).rejects.toThrow("the check is over");
  });
});

describe("the checks", () => {
  it("have ids of their own, and name their source", () => {
    expect(new Set(allChecks.map(({ id }) => id)).size).toBe(allChecks.length);
    for (const { id, source } of allChecks) expect([/^[a-z0-9-]+$/.test(id), source !== ""]).toEqual([true, true]);
  });

  it("have every row of the table of defects", () => {
    const rows = allChecks.flatMap(({ source }) =>
      [...source.matchAll(/^defects? (\d+)(?: and (\d+))?/g)].flat().slice(1),
    );
    const numbers = new Set(rows.filter((row) => row !== undefined).map(Number));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });
});

describe("the vectors", () => {
  it("are those of the library", () => {
    const file = new URL("../../spv/vectors/envelopes.json", import.meta.url);
    const { cases } = JSON.parse(readFileSync(file, "utf8"));
    expect(envelopeVectors.map(({ name }) => name)).toEqual(cases.map(({ name }: { name: string }) => name));
    for (const [index, { txid, body }] of envelopeVectors.entries()) {
      const { path, rawBody, envelope, expand } = cases[index].input;
      expect(txid).toBe(path.txid);
      if (expand === undefined) expect(body).toBe(rawBody ?? JSON.stringify(envelope));
    }
  });
});

describe("readSocketBase", () => {
  it.each([
    ["ws://host:1/ws", "ws://host:1/ws", "http://host:1"],
    ["ws://host", "ws://host/ws", "http://host"],
    ["wss://host/p4/ws/", "wss://host/p4/ws", "https://host/p4"],
  ])("%s", (text, socketBase, httpBase) => {
    expect(readSocketBase(text)).toBe(socketBase);
    expect(httpBaseOf(socketBase)).toBe(httpBase);
  });

  it.each(["http://host/ws", "host", ""])("refuses %j", (text) => expect(readSocketBase(text)).toBeNull());
});
