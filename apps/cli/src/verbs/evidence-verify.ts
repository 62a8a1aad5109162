import { renderEvidenceHtml, verifyEvidence } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { confirmReplacing, readAnchorFile, readInputFile, writeOutputFile } from "../evidence/input-output.ts";
import { knownOperatorKeys } from "../evidence/key-file.ts";
import { fileArgument, publicKeyArgument, rootArgument, trustedKeyHelp } from "../evidence/key-arguments.ts";
import { failFor, reportLines } from "../evidence/report-lines.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

interface VerifyOptions {
  readonly trustedKey?: readonly string[];
  readonly witnessKey?: readonly string[];
  readonly anchor?: readonly string[];
  readonly knownRoot?: readonly string[];
  readonly html?: string;
  readonly yes?: boolean;
}

export const addEvidenceVerify: Verb = (evidence, context) => {
  evidence
    .command("verify")
    .argument("<file>", "an evidence file")
    .description("check every byte of an evidence file and say what it proves; no broker, no network")
    .option("--trusted-key <hex>", trustedKeyHelp, publicKeyArgument)
    .option("--witness-key <hex>", "a second party's key, whose countersignature counts", publicKeyArgument)
    .option("--anchor <file>", "an anchor file that you did not get with the evidence", fileArgument)
    .option("--known-root <hex>", "the root of an anchor, as it was published", rootArgument)
    .option("--html <file>", "also write a page for people")
    .option("--yes", "replace a page that exists without asking")
    .addHelpText(
      "after",
      examples(
        [
          "p4 evidence verify inv123.p4e --trusted-key 02ab...",
          "is it whole, what does it prove, did this operator sign it",
        ],
        ["p4 evidence verify inv123.p4e", "the same with the keys that are known here"],
        ["p4 evidence verify inv123.p4e --anchor 2026-11-23.p4a", "and was a tail removed since that day"],
        ["p4 evidence verify inv123.p4e --witness-key 03cd...", "and did the merchant see the same"],
      ) +
        "\nAny key can sign any history: without --trusted-key a file holds if its key is one of the file operator-keys or this" +
        "\nmachine's own (operator.key). Exit code 1: a check failed, with the line and the part; 4: a key signed" +
        "\nthis, whose it is, is not known here. What else is not proved does not fail: read it.\n",
    )
    .action((path: string, options: VerifyOptions) => verify(context, path, options));
};

async function verify(context: VerbContext, path: string, options: VerifyOptions): Promise<void> {
  const { trustedKey = [], witnessKey = [], knownRoot = [], anchor = [], html, yes = false } = options;
  const bytes = await readInputFile(path, "evidence file");
  const report = verifyEvidence(bytes, {
    crypto: nodeCrypto,
    trustedKeys: trustedKey,
    knownKeys: await knownOperatorKeys(context),
    witnessKeys: witnessKey,
    knownRoots: knownRoot,
    anchors: await Promise.all(anchor.map(readAnchorFile)),
  });
  if (html !== undefined) {
    await confirmReplacing(context, [html], yes);
    await writeOutputFile(html, renderEvidenceHtml(report, nodeCrypto));
  }
  const { verdict, fileSha256, checks, file } = report;
  const about =
    file === null ? {} : { ...file.manifest.value.head, state: file.manifest.value.state, ...file.header.value };
  const ok = verdict === "holds";
  context.print({ file: path, ok, verdict, fileSha256, ...about, checks }, () => reportLines(report, context.terminal));
  failFor(context, verdict);
}
