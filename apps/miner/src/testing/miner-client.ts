import { startMiner, type Miner, type MinerOptions } from "../start-miner.ts";
import { walletScriptHex, type SpendableCoin } from "./test-wallet.ts";

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** A miner on a free port that mines only when told to, and calls over HTTP as a wallet makes them. */
export interface MinerClient {
  readonly miner: Miner;
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** The payload inside a signed envelope. */
  postMapi(body: unknown): Promise<Record<string, unknown>>;
  faucet(satoshis: number): Promise<SpendableCoin & { rawTx: string; bump: string; beef: string; blockHeight: number }>;
}

const ONLY_ON_REQUEST_MS = 2 ** 30;

export async function startTestMiner(options: Partial<MinerOptions> = {}): Promise<MinerClient> {
  const miner = await startMiner({
    host: "127.0.0.1",
    port: 0,
    dataDir: null,
    blockIntervalMs: ONLY_ON_REQUEST_MS,
    log: () => undefined,
    ...options,
  });
  const call = async <T>(path: string, init?: RequestInit): Promise<Answer<T>> => {
    const response = await fetch(miner.url + path, init);
    return { status: response.status, body: (await response.json()) as T };
  };
  const post = <T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> =>
    call<T>(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    miner,
    get: (path) => call(path),
    post,
    postMapi: async (body) => {
      const answer = await post<{ payload: string }>("/mapi/tx", body);
      return JSON.parse(answer.body.payload) as Record<string, unknown>;
    },
    faucet: async (satoshis) => (await post<never>("/dev/faucet", { script: walletScriptHex, satoshis })).body,
  };
}
