import { appendCountersignature, countersignHead, verifyEvidence } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import { confirmReplacing, readInputFile, writeOutputFile } from "../evidence/input-output.ts";
import { publicKeyArgument, trustedKeyHelp } from "../evidence/key-arguments.ts";
import { knownOperatorKeys, openKeyFile } from "../evidence/key-file.ts";
import { reportLines, unknownKeyStep } from "../evidence/report-lines.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

interface CountersignOptions {
  readonly keyFile: string;
  readonly trustedKey?: readonly string[];
  readonly output?: string;
  readonly yes?: boolean;
}

export const addEvidenceCountersign: Verb = (evidence, context) => {
  evidence
    .command("countersign")
    .argument("<file>", "an evidence file")
    .description("vouch as a second party that this was the channel's last event: a tail removed later is found")
    .requiredOption("--key-file <file>", "your private key, 64 hex digits; made when there is none")
    .option("--trusted-key <hex>", trustedKeyHelp, publicKeyArgument)
    .option("-o, --output <file>", "where to; into the file itself")
    .option("--yes", "replace a file that exists without asking")
    .addHelpText(
      "after",
      examples([
        "p4 evidence countersign inv123.p4e --key-file merchant.key --trusted-key 02ab...",
        "adds your signature to the file",
      ]),
    )
    .action((path: string, options: CountersignOptions) => countersign(context, path, options));
};

async function countersign(context: VerbContext, path: string, options: CountersignOptions): Promise<void> {
  const { keyFile, trustedKey = [], output = path, yes = false } = options;
  const bytes = await readInputFile(path, "evidence file");
  const knownKeys = await knownOperatorKeys(context);
  const report = verifyEvidence(bytes, { crypto: nodeCrypto, trustedKeys: trustedKey, knownKeys });
  if (report.verdict === "unknown-key") {
    const problem = `a key signed ${path}, whose it is, is not known here: nothing was countersigned`;
    throw new CliError("unknownKey", problem, unknownKeyStep, "KEY_UNKNOWN");
  }
  if (report.verdict === "fails" || report.file === null) {
    for (const line of reportLines(report, context.terminal)) context.progress(line);
    const nextStep = "Do not vouch for it. Ask the operator for another export.";
    throw new CliError("failed", `${path} does not hold: nothing was signed`, nextStep, "EVIDENCE_DAMAGED");
  }
  const { head } = report.file.manifest.value;
  if (output !== path) await confirmReplacing(context, [output], yes);
  const key = await openKeyFile(context, keyFile);
  if (report.file.countersignatures.some(({ value }) => value.publicKey === key.publicKey)) {
    throw new CliError("failed", `${path} has the signature of ${key.publicKey} already`, null, "ALREADY_SIGNED");
  }
  const signature = countersignHead(head, key.privateKeyHex);
  await writeOutputFile(output, appendCountersignature(bytes, signature, nodeCrypto));
  context.print({ file: output, head, ...signature }, () => [
    `${output}: event ${head.streamVersion} of channel ${head.channelId} countersigned by ${key.publicKey}`,
    `verify with: p4 evidence verify ${output} --witness-key ${key.publicKey}`,
  ]);
}
