import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { testDir } from "../../test-support/stack-process.ts";
import { withBroker } from "./broker.ts";
import { problemOf, startEdgeServer, type EdgeServer } from "./edge-server.ts";
import { startHeaderService } from "./header-service.ts";
import { bumps, headerFileOf, published } from "./vectors.ts";

export interface Verdict {
  readonly status: number;
  /** The refusal's code. */
  readonly code: string | undefined;
  /** What `GET /proofs/:txid` tells of this channel's proofs, and of notices. */
  readonly states: readonly string[];
  readonly notices: readonly string[];
  readonly merkleRoot: string | undefined;
}

export interface ProofServers {
  /** Takes a proof of an unknown block and keeps it as received. */
  readonly lenient: EdgeServer;
  /** Takes no proof of an unknown block. */
  readonly strict: EdgeServer;
  /** Asks a service for the root at a height, which is what a BUMP names. */
  readonly byHeight: EdgeServer;
}

/** Edges with the vectors' headers: one for each header policy, and one that knows roots by height. */
export function withProofServers(): ProofServers {
  const broker = withBroker();
  const dir = testDir(afterAll);
  let servers: ProofServers | undefined;
  beforeAll(async () => {
    const path = join(dir, "headers.txt");
    writeFileSync(path, headerFileOf());
    const settings = { P4_HEADER_SOURCE: `file:${path}` };
    servers = {
      lenient: await startEdgeServer(broker.url, settings),
      strict: await startEdgeServer(broker.url, { ...settings, P4_HEADER_POLICY: "require" }),
      byHeight: await startEdgeServer(broker.url, { ...settings, P4_HEADER_SOURCE: `bhs:${await headerService()}` }),
    };
  }, 120_000);
  const running = (): ProofServers => {
    if (servers === undefined) throw new Error("the servers run from beforeAll on");
    return servers;
  };
  return {
    get lenient() {
      return running().lenient;
    },
    get strict() {
      return running().strict;
    },
    get byHeight() {
      return running().byHeight;
    },
  };
}

function headerService(): Promise<string> {
  const printed = [...published.bump, ...published.beef].map(({ expected }) => [
    String(expected.blockHeight),
    [expected.merkleRoot],
  ]);
  return startHeaderService({ ...bumps.knownRoots, ...Object.fromEntries(printed) });
}

/** Posts a callback to a channel of its own and reads back what became of it. */
export async function postCallback(
  server: EdgeServer,
  txid: string,
  body: string,
  headers: Record<string, string> = { "content-type": "application/json" },
): Promise<Verdict> {
  const channelId = await server.openChannel();
  const before = await readBack(server, txid);
  const answer = await server.post(`/proofs/${txid}?i=${channelId}`, body, headers);
  const { code, detail } = problemOf(answer);
  if (answer.status === 201) expect(answer.text).toBe("");
  // Every refusal names a field and its rule; of what is too large nothing was read.
  else expect(detail).toMatch(answer.status === 413 ? /at most 1048576 bytes/ : /^[\w, ]+: ./);
  if (answer.status === 503) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  const after = await readBack(server, txid);
  // The answer does not name the channel, but one callback is posted at a time.
  const mine = after.proofs.filter(({ recordedAt }) => !before.times.has(recordedAt));
  return {
    status: answer.status,
    code,
    states: mine.map(({ state }) => state),
    notices: after.notices.filter(({ recordedAt }) => !before.times.has(recordedAt)).map(({ status }) => status),
    merkleRoot: mine[0]?.merkleRoot,
  };
}

async function readBack(server: EdgeServer, txid: string) {
  const read = await server.get(`/proofs/${txid}`);
  const { proofs, notices } = (read.status === 200 ? JSON.parse(read.text) : { proofs: [], notices: [] }) as {
    proofs: { recordedAt: string; state: string; merkleRoot: string }[];
    notices: { recordedAt: string; status: string }[];
  };
  return { proofs, notices, times: new Set([...proofs, ...notices].map(({ recordedAt }) => recordedAt)) };
}

/** Nothing was kept of what was refused. */
export const nothingKept = { states: [], notices: [], merkleRoot: undefined };
