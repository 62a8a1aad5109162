import { nodeCrypto } from "@p4/node-crypto";
import { isSpvError, parseStrictJsonObject, parseTransactionHex } from "@p4/spv";
import { CliError } from "../cli-error.ts";
import { anchorRoots } from "./anchor-script.ts";
import { readInputFile, writeOutputFile } from "./input-output.ts";

/** Beside the anchor file, as `<file>.tx.json`. Hex in lower case. */
export interface AnchorTransaction {
  readonly version: 1;
  readonly txid: string;
  readonly rawTx: string;
  /** Of the anchor whose root the transaction carries. */
  readonly root: string;
  /** When the miner took it, by the clock of the machine that sent it. */
  readonly broadcastAtMs: number;
}

export function anchorTransactionPath(anchorPath: string): string {
  return `${anchorPath}.tx.json`;
}

export async function writeAnchorTransaction(path: string, transaction: AnchorTransaction): Promise<void> {
  await writeOutputFile(path, `${JSON.stringify(transaction, null, 2)}\n`);
}

/** Reads the file and holds each member against the transaction itself. Throws a CliError that names the member. */
export async function readAnchorTransaction(path: string): Promise<AnchorTransaction> {
  const bytes = await readInputFile(path, "transaction file");
  try {
    const { version, txid, rawTx, root, broadcastAtMs } = parseStrictJsonObject(
      new TextDecoder().decode(bytes),
      "file",
    );
    if (version !== 1) throw broken(path, "version: is not 1");
    if (typeof rawTx !== "string") throw broken(path, "rawTx: must be a transaction in hex");
    if (!Number.isSafeInteger(broadcastAtMs)) throw broken(path, "broadcastAtMs: must be milliseconds since 1970");
    const transaction = parseTransactionHex(rawTx, nodeCrypto, "rawTx");
    if (txid !== transaction.txid) throw broken(path, `txid: the transaction's is ${transaction.txid}`);
    const [carried, ...others] = anchorRoots(transaction);
    if (carried === undefined) throw broken(path, "rawTx: no output carries the root of an anchor");
    if (others.length > 0) throw broken(path, "rawTx: several outputs carry the root of an anchor");
    if (root !== carried) throw broken(path, `root: the transaction's is ${carried}`);
    return { version, txid: transaction.txid, rawTx, root: carried, broadcastAtMs: broadcastAtMs as number };
  } catch (error) {
    throw isSpvError(error) ? broken(path, error.message) : error;
  }
}

function broken(path: string, rule: string): CliError {
  return new CliError("failed", `${path}: ${rule}`, null, "ANCHOR_TRANSACTION_INVALID");
}
