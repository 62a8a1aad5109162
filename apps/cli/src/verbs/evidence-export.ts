import { anchorProof, appendAnchor, renderEvidenceHtml, verifyEvidence, type EvidenceReport } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import { counted } from "../human.ts";
import { confirmReplacing, readAnchorFile, writeOutputFile } from "../evidence/input-output.ts";
import { fileArgument } from "../evidence/key-arguments.ts";
import { openKeyFile, operatorKeyPath } from "../evidence/key-file.ts";
import { evidenceMaker, type MadeEvidence } from "@p4/operator";
import { fileLine } from "../evidence/report-lines.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, urlArgument } from "./arguments.ts";

interface ExportOptions {
  readonly output?: string;
  readonly html?: string | true;
  readonly anchor?: readonly string[];
  readonly monitor?: readonly string[];
  readonly yes?: boolean;
}

export const addEvidenceExport: Verb = (evidence, context) => {
  evidence
    .command("export")
    .argument("<channel>", "the channel's id", channelArgument)
    .description("write a channel as one signed file: raw messages, events, hash chain, proofs and block headers")
    .option("-o, --output <file>", "where to; <channel>.p4e")
    .option("--html [file]", "also a page for people, that prints well; beside the file")
    .option("--anchor <file>", "put in the proof that this anchor names the channel; may be repeated", fileArgument)
    .option(
      "--monitor <url>",
      "a server's monitoring port, which alone tells about fsync",
      (url, urls: string[] = []) => [...urls, urlArgument(url)],
    )
    .option("--yes", "replace a file that exists without asking")
    .addHelpText(
      "after",
      examples(
        ["p4 evidence export inv123", "writes inv123.p4e, and says how it is verified"],
        ["p4 evidence export inv123 -o dispute/7.p4e --html", "and dispute/7.html"],
        ["p4 evidence export inv123 --anchor anchors/2026-11-23.p4a", "with the proof that the anchor names it"],
      ) +
        "\nSigned with operator.key in the data directory, which is made at its first use. Block headers come" +
        "\nfrom P4_HEADER_SOURCE, else from the miner. A log that does not hold together is refused, with the place.\n",
    )
    .action((channelId: string, options: ExportOptions) =>
      withNode(context, (operator) => exportEvidence(context, operator, channelId, options)),
    );
};

async function exportEvidence(
  context: VerbContext,
  operator: Operator,
  channelId: string,
  { output = `${channelId}.p4e`, html, anchor = [], monitor = [], yes = false }: ExportOptions,
): Promise<void> {
  const page = html === true ? `${output.replace(/\.p4e$/, "")}.html` : (html ?? null);
  await confirmReplacing(context, page === null ? [output] : [output, page], yes);
  const key = await openKeyFile(context, operatorKeyPath(operator.config));
  const maker = await evidenceMaker(operator, key, { monitorUrls: monitor });
  const made = await maker.make(channelId);
  let { text } = made;
  for (const path of anchor) text = await withAnchor(text, path, channelId);
  // What is handed out is checked, and shown on the page, as the other side sees it: who knows only that a key signed it.
  const report = verifyEvidence(new TextEncoder().encode(text), { crypto: nodeCrypto });
  await writeOutputFile(output, text);
  if (page !== null) await writeOutputFile(page, renderEvidenceHtml(report, nodeCrypto));
  const { text: _text, ...facts } = made;
  const { verdict, fileSha256 } = report;
  const ok = verdict !== "fails";
  const result = { file: output, html: page, ...facts, operatorKey: key.publicKey, ok, fileSha256 };
  context.print(result, () => [
    ...madeLines(made),
    `signed by ${key.publicKey}`,
    `sha256 of the file ${fileSha256}`,
    fileLine(output, text),
    ...(page === null ? [] : [page]),
    `the other side verifies it with: p4 evidence verify ${output} --trusted-key ${key.publicKey}`,
  ]);
  if (!ok) failLines(report).forEach((line) => context.terminal.err(line));
  if (!ok) context.fail();
}

async function withAnchor(text: string, path: string, channelId: string): Promise<string> {
  const proof = anchorProof(await readAnchorFile(path), channelId, nodeCrypto);
  if (proof !== null) return appendAnchor(text, proof, nodeCrypto);
  const nextStep =
    "The channel was opened later, or had left the log. Leave this anchor out, or make a new one: p4 anchor";
  throw new CliError("failed", `${path} does not name channel ${channelId}`, nextStep, "NOT_ANCHORED");
}

function madeLines({ channelId, eventCount, state, headHash, streamVersion, ...made }: MadeEvidence): string[] {
  const { durability, copies, blocks, missingBlocks } = made;
  const weak = durability === "unknown" ? " (--monitor names a server's monitoring port, which tells)" : "";
  return [
    `channel ${channelId}: ${counted(eventCount, "event")}, ${state}`,
    `head ${headHash} at sequence ${streamVersion}`,
    `durability ${durability}${weak}; ${copies === null ? "" : `copies ${copies}; `}${counted(blocks, "block header")}`,
    ...missingBlocks.map(({ blockHash, reason }) => `no header of block ${blockHash}: ${reason}`),
    ...(missingBlocks.length === 0 ? [] : ["set P4_HEADER_SOURCE, or P4_MINER_URL, and export again"]),
  ];
}

/** A log that holds together can still record what does not verify: the file tells it, and so does this. */
function failLines({ checks }: EvidenceReport): string[] {
  const failed = checks.filter(({ status }) => status === "failed");
  return [
    "the file is what the log holds, but not all of it verifies:",
    ...failed.map(({ part, statement }) => `  ${part === null ? "" : `${part}: `}${statement}`),
  ];
}
