import { proofServicesOf } from "@p4/node";
import { isProofError, proofStates, recordCallback, type StoredProof } from "@p4/proofs";
import { isSpvError, VERIFY_IF_SIGNED } from "@p4/spv";
import { CliError } from "../cli-error.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { txidArgument, urlArgument } from "./arguments.ts";

interface Requeued {
  readonly channelId: string;
  readonly blockHash: string | null;
  readonly was: string;
  /** `stored`: a new event, which the wallets get. `unchanged`: the channel knew it, or has ended. */
  readonly outcome: "stored" | "unchanged" | "refused";
  readonly detail: string;
}

export const proofVerb: Verb = (program, context) => {
  const proof = program
    .command("proof")
    .description("proofs that miners have sent")
    .addHelpText("after", examples(["p4 proof requeue <txid>", "judge a stored proof again, and deliver what is new"]));
  proof
    .command("requeue")
    .argument("<txid>", "the transaction", txidArgument)
    .description(
      "judge stored proofs again, for example now that their block's header is known, and deliver what is new",
    )
    .option("--headers <url>", "look headers up at this miner or Block Headers Service", urlArgument)
    .addHelpText(
      "after",
      examples(
        ["p4 proof requeue 5f0c...e1 --headers http://127.0.0.1:8444", "with the local miner's headers"],
        ["P4_HEADER_SOURCE=woc:main p4 proof requeue 5f0c...e1", "with the configured source"],
      ),
    )
    .action((txid: string, { headers }: { headers?: string }) =>
      withNode(context, async (operator) => {
        const results = await requeue(operator, txid, headers);
        context.print({ txid, proofs: results }, () =>
          results.map(
            ({ channelId, blockHash, was, outcome, detail }) =>
              `${channelId}: ${was} proof of block ${blockHash ?? "unknown"}: ${outcome}${detail === "" ? "" : `, ${detail}`}`,
          ),
        );
        if (results.some(({ outcome }) => outcome === "refused")) context.fail();
      }),
    );
};

async function requeue({ node, config }: Operator, txid: string, headersUrl: string | undefined): Promise<Requeued[]> {
  const services = proofServicesOf(
    node,
    headersUrl === undefined ? config : { ...config, headerSource: { kind: "miner", url: headersUrl } },
  );
  const { store } = services;
  const document = await store.read(txid);
  if (document === null || document.proofs.length === 0) {
    const nextStep = `p4 channels --txid ${txid} finds its channel; the proof may not have come yet.`;
    throw new CliError("failed", `no proof of ${txid} is stored`, nextStep, "PROOF_UNKNOWN");
  }
  const states = proofStates(document);
  const results: Requeued[] = [];
  for (const [i, proof] of document.proofs.entries()) {
    const was = states[i] ?? proof.status;
    if (was !== "superseded") results.push(await requeueOne(proof, { txid, was, services, registry: node.registry }));
  }
  return results;
}

interface RequeueContext {
  readonly txid: string;
  readonly was: string;
  readonly services: Parameters<typeof recordCallback>[1];
  readonly registry: Operator["node"]["registry"];
}

async function requeueOne(proof: StoredProof, { txid, was, services, registry }: RequeueContext): Promise<Requeued> {
  const { channelId, blockHash, bodyText, source } = proof;
  // ARC's never had a signature: that they may come was settled when they came.
  const rules = source === "arc" ? { ...services.rules, signaturePolicy: VERIFY_IF_SIGNED } : services.rules;
  const before = await registry.read(channelId);
  try {
    await recordCallback({ channelId, expectedTxid: txid, bodyText }, { ...services, rules });
  } catch (error) {
    if (!isSpvError(error) && !isProofError(error)) throw error;
    return { channelId, blockHash, was, outcome: "refused", detail: error.message };
  }
  const after = await registry.read(channelId);
  const isNew = after.streamVersion !== before.streamVersion;
  const newest = after.snapshot.context.proofs.at(-1)?.data.proof.status;
  const detail = isNew ? `now ${newest ?? was}` : "the channel has it, or has ended";
  return { channelId, blockHash, was, outcome: isNew ? "stored" : "unchanged", detail };
}
