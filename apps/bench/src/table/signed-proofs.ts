import { createHash, randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { PrivateKey } from "@bsv/sdk";
import { signEnvelope } from "@p4/spv";
import { Wallet } from "../wallet.ts";
import { inParallel, type Load, type Target } from "./loads.ts";

/** A block of some sixteen thousand transactions. */
const branchNodes = 14;
const keyHex = "11".repeat(32);

/** A miner's signed callbacks for payments on the log, each on its channel: posted, checked and stored. */
export function signedProofs(count: number, atOnce: number): Load {
  return async (target, measured) => {
    const transactions = Array.from({ length: count }, newTransaction);
    const callbacks = transactions.map(({ txid }) => signedCallback(txid));
    await inParallel(count, 16, (index) => pay(target, index, transactions[index]?.rawTx ?? ""));
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    await measured((note) =>
      inParallel(count, atOnce, async (index) => {
        const startedMs = performance.now();
        const path = `/proofs/${transactions[index]?.txid ?? ""}?i=${target.prefix}${String(index)}`;
        await post(agent, target.subject.port, path, callbacks[index] ?? "");
        note(performance.now() - startedMs);
      }),
    );
    agent.destroy();
  };
}

/** Of one callback: what a bare client appends to be compared. */
export const signedProofBytes = (): number => signedCallback(newTransaction().txid).length;

/** The payer has gone when the proof comes, as in the field. */
async function pay({ subject, prefix }: Target, index: number, rawTx: string): Promise<void> {
  const channelId = `${prefix}${String(index)}`;
  const merchant = await Wallet.join(subject.wire, subject.port, channelId, "merchant");
  const customer = await Wallet.join(subject.wire, subject.port, channelId, "customer");
  const heard = new Promise<void>((resolve, reject) => {
    merchant.expect(`${channelId}-payment`, resolve);
    merchant.onTrouble = customer.onTrouble = reject;
  });
  customer.say({ key: "payment", messageId: `${channelId}-payment`, body: JSON.stringify({ rawTx }) });
  await heard;
  await Promise.all([merchant.leave(), customer.leave()]);
}

/** One input and one output of nothing: a transaction that no other run has. */
function newTransaction(): { readonly rawTx: string; readonly txid: string } {
  const input = `01${randomBytes(32).toString("hex")}0000000000ffffffff`;
  const output = `01e80300000000000001${"51"}`;
  const rawTx = `01000000${input}${output}00000000`;
  const once = createHash("sha256").update(Buffer.from(rawTx, "hex")).digest();
  const txid = createHash("sha256").update(once).digest().reverse().toString("hex");
  return { rawTx, txid };
}

function signedCallback(txid: string): string {
  const nodes = Array.from({ length: branchNodes }, (_, level) => level.toString(16).padStart(2, "0").repeat(32));
  const payload = JSON.stringify({
    callbackPayload: { index: 5, txOrId: txid, targetType: "hash", target: "cd".repeat(32), nodes },
    apiVersion: "1.5.0",
    timestamp: "2026-01-01T00:00:00Z",
    minerId: PrivateKey.fromHex(keyHex).toPublicKey().toString(),
    blockHash: "cd".repeat(32),
    blockHeight: 7,
    callbackTxId: txid,
    callbackReason: "merkleProof",
  });
  return signEnvelope(payload, keyHex);
}

/** @throws Error with the answer, unless it is 201 */
function post(agent: Agent, port: number, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const posted = request({ agent, host: "127.0.0.1", port, path, method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => {
        if (response.statusCode === 201) resolve();
        else reject(new Error(`${String(response.statusCode)} ${text}`));
      });
    });
    posted.on("error", reject);
    posted.end(body);
  });
}
