import { join } from "node:path";

import { problem, startServer, type HttpRoute } from "@p4/http";

import { DEVELOPMENT_CHAIN } from "./chain/chain-params.ts";
import { sha256d } from "./chain/hash.ts";
import { isRejection } from "./chain/rejection.ts";
import { Faucet, FAUCET_SCRIPT } from "./dev/faucet.ts";
import { openBlockFile } from "./node/block-file.ts";
import { CallbackSender, DEVELOPMENT_DELIVERY, type DeliveryPolicy } from "./node/callback-sender.ts";
import { createEnvelopeSigner } from "./node/envelope-signer.ts";
import { MinerNode } from "./node/miner-node.ts";
import { arcRoutes } from "./routes/arc-routes.ts";
import { isBadRequest } from "./routes/bad-request.ts";
import { decodeTransaction } from "./routes/decode-submission.ts";
import { devRoutes } from "./routes/dev-routes.ts";
import { headerRoutes } from "./routes/header-routes.ts";
import { mapiRoutes } from "./routes/mapi-routes.ts";

export const DEFAULT_BLOCK_INTERVAL_MS = 300;

const BLOCK_FILE = "blocks.jsonl";

export interface MinerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The chain is kept in `<dataDir>/blocks.jsonl`; null keeps it in memory only. */
  readonly dataDir: string | null;
  /** Transactions wait this long, so that a block holds more than one. Default 300. */
  readonly blockIntervalMs?: number;
  readonly delivery?: Partial<DeliveryPolicy>;
  readonly log: (message: string) => void;
}

export interface Miner {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly minerId: string;
  /** Finishes requests, drops undelivered callbacks and closes the block file. */
  close(): Promise<void>;
}

/** Starts a development miner. Throws when the address cannot be had or the block file is damaged. */
export async function startMiner(options: MinerOptions): Promise<Miner> {
  const node = new MinerNode({
    params: DEVELOPMENT_CHAIN,
    rewardScript: FAUCET_SCRIPT,
    signer: createEnvelopeSigner(developmentKey()),
    callbacks: new CallbackSender({ ...DEVELOPMENT_DELIVERY, ...options.delivery }, options.log),
    blockIntervalMs: options.blockIntervalMs ?? DEFAULT_BLOCK_INTERVAL_MS,
    log: options.log,
  });
  if (options.dataDir !== null) {
    const path = join(options.dataDir, BLOCK_FILE);
    node.useStore(openBlockFile(path, decodeTransaction, (block) => void node.chain.addBlock(block)));
  }
  const routes = [
    ...mapiRoutes(node),
    ...arcRoutes(node),
    ...headerRoutes(node),
    ...devRoutes(node, new Faucet(node)),
  ].map(answeringBadRequests);
  const server = await startServer({
    host: options.host,
    port: options.port,
    portVariable: "P4_MINER_PORT",
    routes,
    cors: { origins: "*" },
    onError: (error, where) => options.log(`${where}: ${error instanceof Error ? error.message : String(error)}`),
  }).catch(async (error: unknown) => {
    await node.close();
    throw error;
  });
  return {
    url: `http://${options.host}:${server.port}`,
    minerId: node.signer.minerId,
    close: async () => {
      await server.close();
      await node.close();
    },
  };
}

/** Bad input is answered 400 with the field and the rule, never 500. */
function answeringBadRequests(route: HttpRoute): HttpRoute {
  return {
    ...route,
    handle: async (request) => {
      try {
        return await route.handle(request);
      } catch (error) {
        if (isBadRequest(error) || isRejection(error)) {
          return problem(400, { code: error.code, title: "Bad request", detail: error.message });
        }
        throw error;
      }
    },
  };
}

function developmentKey(): string {
  return Buffer.from(sha256d(Buffer.from("P4 development miner"))).toString("hex");
}
