import { anchoredHead } from "@p4/evidence";
import { readAnchorTransaction } from "../evidence/anchor-transaction-file.ts";
import { findMined, type MinedVerdict } from "../evidence/find-mined.ts";
import { knownOperatorKeys } from "../evidence/key-file.ts";
import { failFor, unknownKeyStep } from "../evidence/report-lines.ts";
import { readAnchorFile } from "../evidence/input-output.ts";
import { publicKeyArgument, trustedKeyHelp } from "../evidence/key-arguments.ts";
import { counted, timeText } from "../human.ts";
import { CliError } from "../cli-error.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, urlArgument } from "./arguments.ts";

interface VerifyOptions {
  readonly trustedKey?: readonly string[];
  readonly channel?: string;
  readonly transaction?: string;
  readonly headers?: string;
}

export const addAnchorVerify: Verb = (anchor, context) => {
  anchor
    .command("verify")
    .argument("<file>", "an anchor file")
    .description("check every line, the root and the signature of an anchor; no broker, no network without --headers")
    .option("--trusted-key <hex>", trustedKeyHelp, publicKeyArgument)
    .option("--channel <channel>", "show the head that it names for this channel", channelArgument)
    .option("--transaction <file>", "the transaction that carries its root, as p4 anchor --wallet wrote it")
    .option("--headers <url>", "ask this miner whether that transaction is mined, in a block of its chain", urlArgument)
    .addHelpText(
      "after",
      examples(
        ["p4 anchor verify 2026-11-23.p4a --trusted-key 02ab...", "did this operator sign it"],
        ["p4 anchor verify 2026-11-23.p4a", "the same with the keys that are known here; else exit code 4"],
        ["p4 anchor verify day.p4a --transaction day.p4a.tx.json --headers <miner>", "and in which block is its root"],
      ),
    )
    .action((path: string, options: VerifyOptions) => verify(context, path, options));
};

async function verify(context: VerbContext, path: string, options: VerifyOptions): Promise<void> {
  const { trustedKey, channel } = options;
  const anchor = await readAnchorFile(path);
  const { signedRoot } = anchor;
  const isKnown = (trustedKey ?? (await knownOperatorKeys(context))).includes(signedRoot.publicKey);
  if (trustedKey !== undefined && !isKnown) {
    const problem = `${path} is signed by ${signedRoot.publicKey}, which is none of the keys that you trust`;
    throw new CliError("failed", problem, null, "KEY_NOT_TRUSTED");
  }
  const head = channel === undefined ? null : (anchoredHead(anchor, channel) ?? null);
  if (channel !== undefined && head === null) {
    throw new CliError("failed", `${path} does not name channel ${channel}`, null, "NOT_ANCHORED");
  }
  const published = await checkTransaction(path, signedRoot.root, options);
  const { style } = context.terminal;
  const verdict = isKnown ? "holds" : "unknown-key";
  failFor(context, verdict);
  const result = { file: path, ok: isKnown, verdict, ...signedRoot, ...(head && { head }), ...published };
  context.print(result, () => [
    `${style("green", "proved")}      ${counted(signedRoot.leafCount, "head")} under the root, which a key signed: ${signedRoot.publicKey}`,
    isKnown
      ? `${style("green", "proved")}      That key is the operator's, as you know it.`
      : `${style("yellow", "not proved")}  Whose key it is, is not known here, and any key can sign any heads. ${unknownKeyStep}`,
    ...dateLines(context, published),
    "",
    `root ${signedRoot.root}`,
    `dated ${timeText(signedRoot.anchoredAtMs)}`,
    ...(head === null ? [] : [`channel ${head.channelId}: head ${head.headHash} at sequence ${head.streamVersion}`]),
  ]);
}

interface CheckedTransaction {
  readonly txid: string;
  readonly mined: MinedVerdict;
}

/** Throws a CliError when the transaction carries another root. Null: none was given. */
async function checkTransaction(
  path: string,
  root: string,
  { transaction, headers }: VerifyOptions,
): Promise<CheckedTransaction | null> {
  if (transaction === undefined) {
    if (headers === undefined) return null;
    throw new CliError("misuse", "--headers needs --transaction: a block holds transactions, not anchors");
  }
  const { txid, root: carried } = await readAnchorTransaction(transaction);
  if (carried !== root) {
    const problem = `transaction ${txid} carries the root ${carried}, ${path} has ${root}`;
    throw new CliError("failed", problem, null, "ANCHOR_TRANSACTION_INVALID");
  }
  const notAsked: MinedVerdict = { kind: "not proved", reason: "no miner was asked: --headers <url>" };
  return { txid, mined: headers === undefined ? notAsked : await findMined(headers, txid) };
}

function dateLines({ terminal: { style } }: VerbContext, published: CheckedTransaction | null): string[] {
  const notProved = style("yellow", "not proved");
  if (published === null) {
    return [`${notProved}  When it was made: compare the root with what was published then.`];
  }
  const { txid, mined } = published;
  const carries = `${style("green", "proved")}      Transaction ${txid} carries this root, and no other.`;
  if (mined.kind === "not proved") {
    return [carries, `${notProved}  When it was made: that the transaction is mined is not shown (${mined.reason}).`];
  }
  return [
    carries,
    `${style("green", "proved")}      It was made before block ${mined.blockHeight}, which holds that transaction.`,
    "The root is known outside of the operator's hands: p4 evidence verify <file> --known-root <the root below>",
  ];
}
