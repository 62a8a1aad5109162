import {
  anchorProof,
  appendAnchor,
  createEvidence,
  isEvidenceError,
  isPublicKey,
  renderEvidenceHtml,
  verifyEvidence,
  type CheckStatus,
  type EvidenceReport,
} from "@p4/evidence";
import { shardOf } from "@p4/event-store";
import { durabilityClass } from "@p4/nats";
import { nodeCrypto } from "@p4/node-crypto";
import { InvalidArgumentError } from "commander";
import { CliError } from "../cli-error.ts";
import { fetchBlocks, type FetchedBlocks } from "../evidence/fetch-blocks.ts";
import { readAnchorFile, readGiven, writeNew } from "../evidence/files.ts";
import { operatorKey } from "../evidence/operator-key.ts";
import { sizeText } from "../human.ts";
import { explainFailure } from "../operator/explain-failure.ts";
import { readTimeline, textOf } from "../operator/read-channel.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import type { Style } from "../terminal.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, urlArgument } from "./arguments.ts";

const softwareVersion = "p4 0.0.0";

interface ExportOptions {
  readonly output: string;
  readonly headers?: string;
  readonly anchor?: string[];
  readonly html?: string;
  readonly monitor?: string[];
  readonly force?: boolean;
}

interface VerifyOptions {
  readonly trust?: string[];
  readonly witness?: string[];
  readonly anchor?: string[];
  readonly root?: string[];
  readonly html?: string;
  readonly force?: boolean;
}

export const evidenceVerb: Verb = (program, context) => {
  const evidence = program
    .command("evidence")
    .description("proof of what happened on a channel, for somebody who does not trust us");
  evidence
    .command("export")
    .argument("<channel>", "the channel's id", channelArgument)
    .description("write one signed file: every message as received, the hash chain, the proofs and their headers")
    .requiredOption("-o, --output <file>", "the file to write: inv123.p4e")
    .option(
      "--headers <url>",
      "put in the headers of the proofs' blocks, from this miner or Block Headers Service",
      urlArgument,
    )
    .option("--anchor <file...>", "put in the proof that these anchors name the channel")
    .option("--monitor <url...>", "monitoring ports of the broker's servers, for the durability")
    .option("--html <file>", "also write a page for people, which prints well")
    .option("--force", "write over files that are there")
    .addHelpText(
      "after",
      examples(
        ["p4 evidence export inv123 -o inv123.p4e", "signed by the operator's key"],
        ["p4 evidence export inv123 -o inv123.p4e --headers http://127.0.0.1:8444 --html inv123.html", "with headers"],
      ) + "\nThe key is that of P4_OPERATOR_KEY_FILE, or operator.key in P4_DATA_DIR; it is made at its first use.\n",
    )
    .action((channelId: string, options: ExportOptions) =>
      withNode(context, (operator) => exportEvidence(context, operator, channelId, options)),
    );
  evidence
    .command("verify")
    .argument("<file>", "an evidence file")
    .description(
      "check the signature, the chain, the states, the messages and the proofs; needs no broker and no network",
    )
    .option("--trust <key...>", "the operator's public keys, as you know them from elsewhere")
    .option("--witness <key...>", "public keys of second parties whose countersignatures count")
    .option("--anchor <file...>", "anchor files that you did not get with the evidence")
    .option("--root <hex...>", "roots of anchors, as they were published")
    .option("--html <file>", "also write a page for people")
    .option("--force", "write over files that are there")
    .addHelpText(
      "after",
      examples(
        ["p4 evidence verify inv123.p4e", "what is proved and what is not, in plain words"],
        ["p4 evidence verify inv123.p4e --trust 02ab...", "and that this operator signed it"],
      ) + "\nExit code 1: a check failed. What is not proved does not make it fail: read it.\n",
    )
    .action((file: string, options: VerifyOptions) => verify(context, file, options));
};

async function exportEvidence(
  context: VerbContext,
  { node, config, address }: Operator,
  channelId: string,
  options: ExportOptions,
): Promise<void> {
  const { channel } = await readTimeline(node.log, channelId);
  const events = await node.log.readStream(channelId, { consistent: true });
  // Both reads at one point, although the channel may be going on.
  const stored = events.filter(({ streamVersion }) => streamVersion <= channel.streamVersion);
  const { region, shards } = config;
  const hashes = channel.snapshot.context.proofs
    .map(({ data }) => data.proof.blockHash)
    .filter((hash) => hash !== null);
  const headersUrl = options.headers ?? ("url" in config.headerSource ? config.headerSource.url : null);
  const { blocks, missing } = await blocksOf(headersUrl, hashes);
  const monitoringUrls = options.monitor?.map(urlArgument) ?? (address.monitorUrl === null ? [] : [address.monitorUrl]);
  const key = await operatorKey(config);
  let text: string;
  try {
    text = createEvidence({
      channelId,
      region,
      shard: shardOf(channelId, shards),
      durability: await durabilityClass(node.broker, { region, shards, monitoringUrls }),
      softwareVersion,
      exportedAtMs: Date.now(),
      events: stored.map((event) => ({ ...textOf(event), storedAtMs: event.storedAtMs })),
      blocks,
      operatorPrivateKeyHex: key.privateKeyHex,
      crypto: nodeCrypto,
    });
  } catch (error) {
    throw explained(error, channelId);
  }
  for (const path of options.anchor ?? []) {
    const proof = anchorProof(await readAnchorFile(path), channelId, nodeCrypto);
    if (proof === null)
      throw new CliError("failed", `${path} does not name channel ${channelId}`, null, "NOT_ANCHORED");
    text = appendAnchor(text, proof, nodeCrypto);
  }
  // What is handed out has been checked as the other side will check it.
  const report = verifyEvidence(text, { crypto: nodeCrypto, trustedKeys: [key.publicKey] });
  await writeNew(options.output, text, options.force === true);
  if (options.html !== undefined)
    await writeNew(options.html, renderEvidenceHtml(report, nodeCrypto), options.force === true);
  const bytes = Buffer.byteLength(text);
  const { fileSha256, ok } = report;
  const result = { file: options.output, bytes, fileSha256, events: stored.length, operatorKey: key.publicKey, ok };
  context.print({ ...result, headersMissing: missing }, () => [
    `${options.output}: ${stored.length} events, ${sizeText(bytes)}, SHA-256 ${fileSha256}`,
    `signed by ${key.publicKey}${key.isNew ? ` (a new key, made in ${key.path}: publish it, keep it)` : ""}`,
    ...missing.map((line) => `no header of block ${line}`),
    ...failures(context, report),
    `verify it anywhere: p4 evidence verify ${options.output} --trust ${key.publicKey}`,
  ]);
  if (!ok) context.fail();
}

async function blocksOf(url: string | null, hashes: readonly string[]): Promise<FetchedBlocks> {
  if (url !== null) return fetchBlocks(url, hashes);
  return { blocks: [], missing: hashes.map((hash) => `${hash}: name a source with --headers <url>`) };
}

async function verify(context: VerbContext, path: string, options: VerifyOptions): Promise<void> {
  const bytes = await readGiven(path);
  const report = verifyEvidence(bytes, {
    crypto: nodeCrypto,
    trustedKeys: keys(options.trust, "--trust"),
    witnessKeys: keys(options.witness, "--witness"),
    knownRoots: options.root ?? [],
    anchors: await Promise.all((options.anchor ?? []).map(readAnchorFile)),
  });
  if (options.html !== undefined)
    await writeNew(options.html, renderEvidenceHtml(report, nodeCrypto), options.force === true);
  const { ok, checks, fileSha256, file } = report;
  const channelId = file?.header.value.channelId ?? null;
  context.print({ file: path, ok, channelId, fileSha256, checks }, () => reportLines(context, path, report));
  if (!ok) context.fail();
}

function keys(given: readonly string[] | undefined, option: string): string[] {
  const lower = (given ?? []).map((key) => key.toLowerCase());
  const bad = lower.find((key) => !isPublicKey(key));
  if (bad !== undefined)
    throw new InvalidArgumentError(`${option}: ${bad} is not a compressed public key (66 hex digits).`);
  return lower;
}

const words: Record<CheckStatus, readonly [word: string, style: Style]> = {
  ok: ["proved", "green"],
  failed: ["FAILED", "red"],
  "not-proved": ["not proved", "yellow"],
};

function reportLines(context: VerbContext, path: string, report: EvidenceReport): string[] {
  const { style } = context.terminal;
  const { ok, checks, fileSha256, file } = report;
  const what = file === null ? path : `${path}: channel ${file.header.value.channelId}`;
  return [
    `${what}, SHA-256 ${fileSha256}`,
    ...checks.map(({ status, statement, line, part }) => {
      const [word, colour] = words[status];
      const place = line === null || status === "ok" ? "" : ` (line ${line}${part === null ? "" : `, ${part}`})`;
      return `${style(colour, word.padEnd(10))}  ${statement}${place}`;
    }),
    ok ? style("green", "Nothing in it is wrong.") : style("red", "It is not what it says."),
  ];
}

function failures(context: VerbContext, { checks }: EvidenceReport): string[] {
  const { style } = context.terminal;
  return checks
    .filter(({ status }) => status === "failed")
    .map(({ statement }) => `${style("red", "FAILED")}  ${statement}`);
}

function explained(error: unknown, channelId: string): Error {
  if (!isEvidenceError(error)) return explainFailure(error, channelId);
  return new CliError("failed", `channel ${channelId}: ${error.message}`, null, error.code);
}
