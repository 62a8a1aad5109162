import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll } from "vitest";

export interface ServedBlock {
  readonly hash: string;
  readonly merkleRoot: string;
  readonly height: number;
  readonly state: "LONGEST_CHAIN" | "STALE";
}

/** A local service that speaks as the Block Headers Service and as WhatsOnChain do, over the same few blocks. */
export interface HeaderServer {
  url: string;
  blocks: ServedBlock[];
  tip: number;
  requests: string[];
  /** Requests that the client gave up. */
  abandoned: number;
  /** What the server does instead of answering. */
  trouble: "none" | "error" | "hang" | "nonsense";
}

export function withHeaderServer(): HeaderServer {
  const state: HeaderServer = { url: "", blocks: [], tip: 0, requests: [], abandoned: 0, trouble: "none" };
  const server = createServer((request, response) => void answer(state, request, response));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => Object.assign(state, { blocks: [], tip: 0, requests: [], abandoned: 0, trouble: "none" }));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return state;
}

async function answer(state: HeaderServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "";
  state.requests.push(`${request.method} ${path}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  if (state.trouble === "hang") {
    response.on("close", () => state.abandoned++);
    return;
  }
  const found = state.trouble === "nonsense" ? [1] : contentOf(state, path, Buffer.concat(chunks).toString());
  const status = state.trouble === "error" ? 500 : found === undefined ? 404 : 200;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(found ?? { message: "no" }));
}

function contentOf({ blocks, tip }: HeaderServer, path: string, body: string): unknown {
  if (path.endsWith("/chain/tip/longest")) return { height: tip };
  if (path.endsWith("/block/headers")) return [{ height: tip }];
  if (path.endsWith("/chain/merkleroot/verify")) {
    const [{ blockHeight, merkleRoot }] = JSON.parse(body) as [{ blockHeight: number; merkleRoot: string }];
    const known = blocks.some(({ height, merkleRoot: root }) => height === blockHeight && root === merkleRoot);
    return { confirmationState: known ? "CONFIRMED" : "INVALID", confirmations: [] };
  }
  const height = /\/block\/(\d+)\/header$/.exec(path)?.[1];
  if (height !== undefined) {
    const block = blocks.find((each) => String(each.height) === height);
    return block && { merkleroot: block.merkleRoot };
  }
  const block = blocks.find(({ hash }) => path.endsWith(`/chain/header/state/${hash}`));
  return (
    block && { header: { hash: block.hash, merkleRoot: block.merkleRoot }, state: block.state, height: block.height }
  );
}
