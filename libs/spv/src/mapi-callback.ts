import { SpvError } from "./errors.ts";
import { isJsonObject, type JsonObject, parseStrictJsonObject } from "./strict-json.ts";
import { parseTscProof, type TscProof } from "./tsc-proof.ts";
import { parseTxid } from "./txid.ts";

interface MapiCallbackHead {
  readonly txid: string;
  /** Lower-case hex; absent when the payload leaves it out or empty. */
  readonly minerId?: string;
  /** As shown, lower case. What the sender says, not what the proof shows. */
  readonly blockHash?: string;
  readonly blockHeight?: number;
  /** RFC 3339 as sent, not interpreted. */
  readonly timestamp?: string;
}

export interface MapiMerkleProofCallback extends MapiCallbackHead {
  readonly reason: "merkleProof";
  readonly proof: TscProof;
}

/** Not a proof: another transaction spends the same output, in a block or (attempt) in the miner's memory. */
export interface MapiDoubleSpendCallback extends MapiCallbackHead {
  readonly reason: "doubleSpend" | "doubleSpendAttempt";
  /** Null: which one is not said, as of ARC's notices that name none. */
  readonly doubleSpendTxid: string | null;
  /** Hex as sent, not parsed: the notice is what matters. */
  readonly doubleSpendRawTx?: string;
}

export type MapiCallback = MapiMerkleProofCallback | MapiDoubleSpendCallback;

/** Reads the payload of a mAPI callback envelope. `callbackPayload` may be an object or that object as JSON text. */
export function parseMapiCallback(payloadText: string): MapiCallback {
  const payload = parseStrictJsonObject(payloadText, "payload");
  const reason = payload["callbackReason"];
  const head = parseHead(payload);
  switch (reason) {
    case "merkleProof":
      return { ...head, reason, proof: parseTscProof(callbackPayloadOf(payload)) };
    case "doubleSpend":
    case "doubleSpendAttempt":
      return { ...head, reason, ...parseDoubleSpend(callbackPayloadOf(payload)) };
    default:
      throw new SpvError("SPV_CALLBACK_REASON_UNKNOWN", "callbackReason: not a known reason");
  }
}

function parseHead(payload: JsonObject): MapiCallbackHead {
  const minerId = optionalText(payload, "minerId");
  const blockHash = optionalText(payload, "blockHash");
  const timestamp = optionalText(payload, "timestamp");
  const blockHeight = payload["blockHeight"];
  return {
    txid: parseTxid(payload["callbackTxId"], "callbackTxId"),
    ...(minerId !== undefined && { minerId: minerId.toLowerCase() }),
    ...(blockHash !== undefined && { blockHash: parseTxid(blockHash, "blockHash") }),
    // A double spend attempt has height -1: it is in no block. Zero is a height that was not set: a genesis block has no payment.
    ...(isHeight(blockHeight) && { blockHeight }),
    ...(timestamp !== undefined && { timestamp }),
  };
}

function callbackPayloadOf(payload: JsonObject): JsonObject {
  const value = payload["callbackPayload"];
  if (typeof value === "string") return parseStrictJsonObject(value, "callbackPayload");
  if (isJsonObject(value)) return value;
  throw new SpvError("SPV_CALLBACK_INVALID", "callbackPayload: must be an object or a JSON text");
}

function parseDoubleSpend(value: JsonObject): Pick<MapiDoubleSpendCallback, "doubleSpendTxid" | "doubleSpendRawTx"> {
  const rawTx = optionalText(value, "payload");
  const txid = optionalText(value, "doubleSpendTxId");
  return {
    doubleSpendTxid: txid === undefined ? null : parseTxid(txid, "doubleSpendTxId"),
    ...(rawTx !== undefined && { doubleSpendRawTx: rawTx }),
  };
}

/** Absent, null and "" are the same: Go writes empty texts for what it does not know. */
function optionalText(object: JsonObject, field: string): string | undefined {
  const value = object[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new SpvError("SPV_CALLBACK_INVALID", `${field}: must be a text`);
  return value;
}

function isHeight(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
