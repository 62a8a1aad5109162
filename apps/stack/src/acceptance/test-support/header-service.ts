import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** A Block Headers Service that knows these Merkle roots at these heights, and a tip far above them. */
export async function startHeaderService(roots: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(request.method === "POST" ? verify(body) : { height: 10_000_000 }));
    });
  });
  const verify = (body: string) => {
    const [{ blockHeight, merkleRoot }] = JSON.parse(body) as [{ blockHeight: number; merkleRoot: string }];
    const known = roots[String(blockHeight)]?.includes(merkleRoot) === true;
    return { confirmationState: known ? "CONFIRMED" : "INVALID", confirmations: [] };
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
