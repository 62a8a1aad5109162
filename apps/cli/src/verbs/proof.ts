import { requeueProofs } from "@p4/operator";
import { withNode } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { txidArgument, urlArgument } from "./arguments.ts";

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
        const results = await requeueProofs(operator, txid, headers);
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
