import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { SpanExporter, type SpanExporterOptions } from "./span-exporter.ts";
import { Tracer } from "./tracer.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A collector that does with each request what the test says; keeps the names of the spans. */
async function collector(answer: (response: ServerResponse, request: number) => void) {
  const requests: string[][] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      requests.push([...body.matchAll(/"name":"(s\d+)"/g)].map(([, name]) => String(name)));
      answer(response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { requests, endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

function tracing(options: Pick<SpanExporterOptions, "endpoint"> & Partial<SpanExporterOptions>) {
  const troubles: (string | null)[] = [];
  const onTrouble = (trouble: string | null): void => void troubles.push(trouble);
  const exporter = new SpanExporter({ headers: {}, resource: {}, everyMs: 5, onTrouble, ...options });
  const tracer = new Tracer({ sampling: { ratio: 1, followsParent: true }, onEnded: (span) => exporter.add(span) });
  const add = (name: string): void => tracer.start(name, { kind: "internal", parent: null, attributes: {} }).end();
  return { exporter, troubles, add };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `s${String(i)}`);

it("sends what has been queued in batches, in order", async () => {
  const { requests, endpoint } = await collector((response) => response.end("{}"));
  const { exporter, add, troubles } = tracing({ endpoint });
  for (const name of names(700)) add(name);
  await vi.waitFor(() => expect(requests.flat()).toEqual(names(700)), { timeout: 30_000 });
  expect(Math.max(...requests.map((batch) => batch.length))).toBe(512);
  await exporter.close();
  expect([exporter.dropped, troubles]).toEqual([0, []]);
});

it("repeats what a collector refused for the moment, says so once, and once that it is back", async () => {
  const { requests, endpoint } = await collector((response, nth) => response.writeHead(nth < 3 ? 503 : 200).end());
  const { exporter, add, troubles } = tracing({ endpoint });
  add("s0");
  await vi.waitFor(() => expect(troubles).toEqual(["HTTP 503", null]), { timeout: 30_000 });
  expect(requests).toEqual([["s0"], ["s0"], ["s0"]]);
  expect(exporter.dropped).toBe(0);
  await exporter.close();
});

it("drops what a collector refuses for good", async () => {
  const { requests, endpoint } = await collector((response) => response.writeHead(400).end());
  const { exporter, add, troubles } = tracing({ endpoint });
  add("s0");
  await vi.waitFor(() => expect(exporter.dropped).toBe(1), { timeout: 30_000 });
  expect([requests, troubles]).toEqual([[["s0"]], ["HTTP 400"]]);
  await exporter.close();
});

it("keeps no more than its bound while nothing takes spans, and counts the rest", async () => {
  const { endpoint } = await collector(() => undefined);
  const { exporter, add } = tracing({ endpoint, maxQueued: 10, everyMs: 60_000 });
  for (const name of names(25)) add(name);
  expect(exporter.dropped).toBe(15);
  const startedMs = performance.now();
  await exporter.close();
  expect(exporter.dropped).toBe(25);
  // Two seconds; the request alone would have waited for ten.
  expect(performance.now() - startedMs).toBeLessThan(9_000);
});

it("a close hands over what is queued", async () => {
  const { requests, endpoint } = await collector((response) => response.end("{}"));
  const { exporter, add } = tracing({ endpoint, everyMs: 60_000 });
  add("s0");
  await exporter.close();
  expect(requests).toEqual([["s0"]]);
  add("s1");
  expect(exporter.dropped).toBe(1);
});
