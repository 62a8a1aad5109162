import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explainFailedUpgrade, explainRefusal } from "./explain-failed-upgrade.ts";

/** A server that admits the holder of a token alone, and is busy. */
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://server");
  if (pathname.endsWith("/torn")) {
    response.writeHead(503, { "content-length": "1000" }).write("half of");
    setImmediate(() => request.socket.destroy());
  } else response.writeHead(searchParams.get("token") === "t1" ? 503 : 401).end("EDGE_TOKEN");
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("the reason of a join that failed", () => {
  it("is asked for with the wallet's token: what refuses another is no reason to give up", async () => {
    expect(await explainRefusal(`${base}/inv1`, "t1")).toBeNull();
    expect(await explainRefusal(`${base}/inv1`)).toMatchObject({ message: expect.stringContaining("401") as unknown });
  });

  it("is told of an answer that breaks off, too", async () => {
    expect(await explainFailedUpgrade(`${base}/torn`, 5)).toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("503 half of") as unknown,
    });
  });
});
