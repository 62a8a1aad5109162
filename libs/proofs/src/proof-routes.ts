import { isChannelId } from "@p4/protocol";
import { parseTxid } from "@p4/spv";
import { ProofError } from "./errors.ts";
import { internalProblem, problemOf, problemResponse } from "./problem-response.ts";
import { presentDocument } from "./proof-states.ts";
import { readProofs } from "./read-proofs.ts";
import { recordCallback, type IncomingCallback, type RefusedEntry } from "./record-callback.ts";
import type { RecordServices } from "./record-services.ts";

/** The parts of an HTTP request and response that these routes use: any server's that has them will do. */
export interface ProofRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface ProofResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ProofRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly maxBodyBytes?: number;
  handle(request: ProofRequest): Promise<ProofResponse>;
}

export interface ProofRouteOptions extends RecordServices {
  /** Whether the Authorization header is right; compared in constant time. Without a configured token: always. */
  readonly isAuthorized: (authorization: string) => boolean;
  /** Told of each callback, with the code of its refusal or null; of a batch also of each entry that was refused. */
  readonly onCallback: (refusal: string | null) => void;
  readonly onError: (error: unknown) => void;
  /** Left out: callbacks are not traced. */
  readonly trace?: (request: ProofRequest) => TracedCallback;
}

/** One callback's commands go by a registry of its own. */
export interface TracedCallback extends Pick<RecordServices, "registry"> {
  /** With the code of its refusal. */
  end(refusal: string | null): void;
}

const maxBodyBytes = 1_048_576;

/**
 * `POST /proofs/:txid?i=<channel>` and its prefixed twin: 201 once stored, without body unless entries of a batch were
 * refused; `POST /callbacks?i=` takes ARC's
 * batches, which name no transaction in the URL; `GET /proofs/:txid` reads back.
 */
export function proofRoutes(options: ProofRouteOptions): ProofRoute[] {
  const post = (request: ProofRequest) => receive(request, options);
  const get = (request: ProofRequest) => answer(() => readBack(request, options), options);
  return ["", "/api/v1"].flatMap((prefix): ProofRoute[] => [
    { method: "POST", path: `${prefix}/proofs/:txid`, maxBodyBytes, handle: post },
    { method: "POST", path: `${prefix}/callbacks`, maxBodyBytes, handle: post },
    { method: "GET", path: `${prefix}/proofs/:txid`, handle: get },
  ]);
}

async function receive(request: ProofRequest, options: ProofRouteOptions): Promise<ProofResponse> {
  let refusal: string | null = null;
  const traced = options.trace?.(request);
  const services = traced === undefined ? options : { ...options, registry: traced.registry };
  const response = await answer(
    async () => {
      return taken(await recordCallback(readRequest(request, options), services), options);
    },
    options,
    (code) => (refusal = code),
  );
  options.onCallback(refusal);
  traced?.end(refusal);
  return response;
}

/** A sender of batches repeats one that is refused unchanged, then drops it: what is wrong in it is told with 201. */
function taken(refused: readonly RefusedEntry[], { onCallback }: ProofRouteOptions): ProofResponse {
  if (refused.length === 0) return { status: 201 };
  for (const { error } of refused) onCallback(error.code);
  const entries = refused.map(({ index, error }) => ({ index, code: error.code, detail: error.message }));
  return {
    status: 201,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ refused: entries }),
  };
}

function readRequest(request: ProofRequest, options: ProofRouteOptions): IncomingCallback {
  if (!options.isAuthorized(request.headers.get("authorization") ?? "")) throw new ProofError("PROOF_TOKEN");
  if ((request.headers.get("content-type") ?? "").startsWith("application/octet-stream")) {
    throw new ProofError("PROOF_ENCRYPTED");
  }
  const txid = request.params["txid"];
  const expectedTxid = txid === undefined ? null : parseTxid(txid, "txid");
  const channelId = request.query.get("i") ?? "";
  if (!isChannelId(channelId)) throw new ProofError("PROOF_CHANNEL_ID");
  return { expectedTxid, channelId, bodyText: textOf(request.body) };
}

function textOf(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw new ProofError("PROOF_BODY_TEXT");
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

async function readBack(request: ProofRequest, { store, rules, nowMs }: ProofRouteOptions): Promise<ProofResponse> {
  const txid = parseTxid(request.params["txid"] ?? "", "txid");
  const document = await readProofs(txid, { store, headers: rules.headers, nowMs });
  if (document === null) throw new ProofError("PROOF_UNKNOWN", txid);
  const body = JSON.stringify(presentDocument(document));
  return { status: 200, headers: { "content-type": "application/json", "cache-control": "no-cache" }, body };
}

async function answer(
  work: () => Promise<ProofResponse>,
  options: ProofRouteOptions,
  onRefusal: (code: string) => void = () => undefined,
): Promise<ProofResponse> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) options.onError(error);
    const told = problem ?? internalProblem;
    onRefusal(told.code);
    return problemResponse(told);
  }
}
