import { PrivateKey } from "@bsv/sdk";
import { startServer, type HttpResponse } from "@p4/http";
import { nodeCrypto } from "@p4/node-crypto";
import { parseTransactionHex, signEnvelope } from "@p4/spv";

const minerKey = PrivateKey.fromHex("11".repeat(32));
export const minerKeyHex = minerKey.toHex();
export const minerId = minerKey.toPublicKey().toString();

export interface SubmitRequest {
  readonly rawtx: string;
  readonly callbackUrl: string;
  readonly callbackToken?: string;
  readonly merkleProof: boolean;
  readonly merkleFormat: string;
  readonly dsCheck: boolean;
}

/** What the miner does with one submission: members of the payload, or a whole response, or no answer at all. */
export type SubmitReply =
  { readonly payload: Record<string, unknown> } | { readonly response: HttpResponse } | { readonly silent: true };

export interface ScriptedMiner {
  readonly url: string;
  readonly submissions: readonly SubmitRequest[];
  /** Used for submissions in turn; the last one stays. */
  replies: SubmitReply[];
  quote: HttpResponse | null;
  /** Ids of transactions that it has, whatever it answers to a submission. */
  readonly known: Set<string>;
  close(): Promise<void>;
}

export const success: SubmitReply = { payload: { returnResult: "success", resultDescription: "" } };

export function sealed(payload: Record<string, unknown>): HttpResponse {
  return { status: 200, body: signEnvelope(JSON.stringify({ apiVersion: "1.5.0", minerId, ...payload }), minerKeyHex) };
}

export const feeOf = (satoshis: number): object => ({
  miningFee: { satoshis, bytes: 1000 },
  relayFee: { satoshis, bytes: 1000 },
});

/** mAPI on a real port that answers as the test says. */
export async function startScriptedMiner(): Promise<ScriptedMiner> {
  const crypto = nodeCrypto;
  const submissions: SubmitRequest[] = [];
  const fees = [
    { feeType: "standard", ...feeOf(50) },
    { feeType: "data", ...feeOf(50) },
  ];
  const miner = {
    url: "",
    submissions,
    replies: [success],
    quote: null as HttpResponse | null,
    known: new Set<string>(),
    close: () => server.close({ deadlineMs: 100 }),
  };
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    routes: [
      { method: "GET", path: "/mapi/feeQuote", handle: () => miner.quote ?? sealed({ fees }) },
      {
        method: "POST",
        path: "/mapi/tx",
        handle({ body }) {
          const request = JSON.parse(new TextDecoder().decode(body)) as SubmitRequest;
          submissions.push(request);
          const reply = (miner.replies.length > 1 ? miner.replies.shift() : miner.replies[0]) ?? success;
          if ("silent" in reply) return new Promise<HttpResponse>(() => undefined);
          if ("response" in reply) return reply.response;
          return sealed({ txid: parseTransactionHex(request.rawtx, crypto).txid, ...reply.payload });
        },
      },
      {
        method: "GET",
        path: "/mapi/tx/:txid",
        handle({ params }) {
          const { txid = "" } = params;
          return sealed({ txid, returnResult: miner.known.has(txid) ? "success" : "failure", resultDescription: "" });
        },
      },
    ],
    onError: (error) => {
      throw error;
    },
  });
  miner.url = `http://127.0.0.1:${server.port}`;
  return miner;
}
