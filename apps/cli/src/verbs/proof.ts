import { requeueProofs, type Requeued } from "@p4/operator";
import { runBulk, type BulkWork } from "../bulk/run-bulk.ts";
import { bulkHelp, isBulk, selectionOptions, type BulkOptions } from "../bulk/selection.ts";
import { CliError, isCliError } from "../cli-error.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { txidArgument, urlArgument } from "./arguments.ts";

export const proofVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(["p4 proof requeue <txid>", "judge a stored proof again, and deliver what is new"]),
  );
  selectionOptions(verb.command("requeue"))
    .argument("[txid]", "the transaction", txidArgument)
    .description(
      "judge stored proofs again, for example now that their block's header is known, and deliver what is new",
    )
    .option("--headers <url>", "look headers up at this miner or Block Headers Service", urlArgument)
    .option("--yes", "do not ask, where many are chosen")
    .addHelpText(
      "after",
      examples(
        ["p4 proof requeue 5f0c...e1 --headers http://127.0.0.1:8444", "with the local miner's headers"],
        ["P4_HEADER_SOURCE=woc:main p4 proof requeue 5f0c...e1", "with the configured source"],
        ["p4 proof requeue --state awaitingProof --until 2h", "those of all channels that wait for one; asks once"],
      ) + bulkHelp,
    )
    .action((txid: string | undefined, { headers, ...options }: BulkOptions & { headers?: string }) => {
      const many = isBulk(options, txid);
      return withNode(context, (operator) =>
        many || txid === undefined
          ? runBulk(context, operator, options, requeueing(operator, headers))
          : requeueOne(context, operator, txid, headers),
      );
    });
};

async function requeueOne(context: VerbContext, operator: Operator, txid: string, headers?: string): Promise<void> {
  const results = await requeueProofs(operator, txid, headers);
  context.print({ txid, proofs: results }, () =>
    results.map(
      ({ channelId, blockHash, was, outcome, detail }) =>
        `${channelId}: ${was} proof of block ${blockHash ?? "unknown"}: ${outcome}${detail === "" ? "" : `, ${detail}`}`,
    ),
  );
  if (results.some(({ outcome }) => outcome === "refused")) context.fail();
}

/** A channel without a stored proof has nothing to judge again. */
function requeueing(operator: Operator, headers?: string): BulkWork {
  return {
    verb: "Judge the proofs again of",
    work: async (_channelId, { txids }) => {
      let isNew = false;
      for (const txid of txids) {
        const results = await requeueProofs(operator, txid, headers).catch(noneIfUnknown);
        const refused = results.find(({ outcome }) => outcome === "refused");
        if (refused !== undefined) throw new CliError("failed", refused.detail, null, "PROOF_REFUSED");
        isNew ||= results.some(({ outcome }) => outcome === "stored");
      }
      return isNew ? "done" : "unchanged";
    },
  };
}

function noneIfUnknown(error: unknown): Requeued[] {
  if (isCliError(error) && error.code === "PROOF_UNKNOWN") return [];
  throw error;
}
