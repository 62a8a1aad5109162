import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { PrivateKey } from "@bsv/sdk";
import { nodeCrypto } from "@p4/node-crypto";
import { parseTransactionHex, signEnvelope, type Transaction } from "@p4/spv";
import { proofOf } from "./test-chain.ts";

const key = PrivateKey.fromHex("11".repeat(32));

export interface ScriptedMiner {
  readonly url: string;
  /** What was sent to it, refused or not. */
  readonly received: Transaction[];
  /** Members of the answer to a submission, over those of a success. */
  answer: Record<string, unknown>;
  /** Changes envelopes after they are signed. */
  forge: (envelope: string) => string;
  /** Whether what was received is in a block, and which Merkle root that block has by its header. */
  mined: boolean;
  rootOfBlock: (merkleRoot: string) => string;
  close(): Promise<void>;
}

/** mAPI and block headers on a real port, that answer as the test says. 500 satoshis for 1,000 bytes. */
export async function startScriptedMiner(): Promise<ScriptedMiner> {
  const received: Transaction[] = [];
  const fee = { satoshis: 500, bytes: 1000 };
  const sealed = (payload: object): string =>
    miner.forge(signEnvelope(JSON.stringify({ minerId: key.toPublicKey().toString(), ...payload }), key.toHex()));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "", "http://miner");
    const { txid = "" } = received.at(-1) ?? {};
    response.setHeader("content-type", "application/json");
    if (pathname === "/mapi/feeQuote") {
      response.end(sealed({ fees: [{ feeType: "standard", miningFee: fee, relayFee: fee }] }));
    } else if (pathname === "/mapi/tx") {
      const transaction = parseTransactionHex(JSON.parse(await text(request)).rawtx, nodeCrypto);
      received.push(transaction);
      response.end(sealed({ txid: transaction.txid, returnResult: "success", ...miner.answer }));
    } else if (pathname === `/mapi/tx/${txid}`) {
      const { callbackPayload, blockHeight } = JSON.parse(JSON.parse(proofOf(txid).bodyText).payload);
      const block = miner.mined ? { merkleProof: callbackPayload, blockHeight } : {};
      response.end(sealed({ txid, returnResult: "success", ...block }));
    } else if (pathname.startsWith("/api/v1/chain/header/state/")) {
      const merkleRoot = miner.rootOfBlock(proofOf(txid).merkleRoot);
      response.end(JSON.stringify({ header: { merkleRoot }, state: "LONGEST_CHAIN", height: 200 }));
    } else if (pathname.startsWith("/mapi/tx/")) {
      const unknown = { txid: pathname.slice("/mapi/tx/".length), returnResult: "failure" };
      response.end(sealed({ ...unknown, resultDescription: "No such mempool or blockchain transaction" }));
    } else {
      response.writeHead(404).end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const miner: ScriptedMiner = {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    received,
    answer: {},
    forge: (envelope) => envelope,
    mined: false,
    rootOfBlock: (merkleRoot) => merkleRoot,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return miner;
}
