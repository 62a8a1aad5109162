import { anchoredHead } from "@p4/evidence";
import { counted } from "../evidence/counted.ts";
import { readAnchorFile } from "../evidence/input-output.ts";
import { publicKeyArgument } from "../evidence/key-arguments.ts";
import { timeText } from "../human.ts";
import { CliError } from "../cli-error.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

interface VerifyOptions {
  readonly trustedKey?: readonly string[];
  readonly channel?: string;
}

export const addAnchorVerify: Verb = (anchor, context) => {
  anchor
    .command("verify")
    .argument("<file>", "an anchor file")
    .description("check every line, the root and the signature of an anchor; no broker, no network")
    .option("--trusted-key <hex>", "the operator's public key, as you know it; may be repeated", publicKeyArgument)
    .option("--channel <channel>", "show the head that it names for this channel", channelArgument)
    .addHelpText(
      "after",
      examples(["p4 anchor verify 2026-11-23.p4a --trusted-key 02ab...", "did this operator sign it"]),
    )
    .action((path: string, options: VerifyOptions) => verify(context, path, options));
};

async function verify(context: VerbContext, path: string, { trustedKey, channel }: VerifyOptions): Promise<void> {
  const anchor = await readAnchorFile(path);
  const { signedRoot } = anchor;
  const isTrusted = trustedKey?.includes(signedRoot.publicKey) ?? null;
  if (isTrusted === false) {
    const problem = `${path} is signed by ${signedRoot.publicKey}, which is none of the keys that you trust`;
    throw new CliError("failed", problem, null, "KEY_NOT_TRUSTED");
  }
  const head = channel === undefined ? null : (anchoredHead(anchor, channel) ?? null);
  if (channel !== undefined && head === null) {
    throw new CliError("failed", `${path} does not name channel ${channel}`, null, "NOT_ANCHORED");
  }
  const { style } = context.terminal;
  const whose = "Whose key it is, is not proved: compare it with the operator's, as you know it.";
  context.print({ file: path, ok: true, ...signedRoot, isTrusted, ...(head === null ? {} : { head }) }, () => [
    `${style("green", "proved")}      ${counted(signedRoot.leafCount, "head")} under the root, which the key below signed`,
    ...(isTrusted === null ? [`${style("yellow", "not proved")}  ${whose}`] : []),
    `${style("yellow", "not proved")}  When it was made: compare the root with what was published then.`,
    "",
    `root ${signedRoot.root}`,
    `dated ${timeText(signedRoot.anchoredAtMs)}, signed by ${signedRoot.publicKey}`,
    ...(head === null ? [] : [`channel ${head.channelId}: head ${head.headHash} at sequence ${head.streamVersion}`]),
  ]);
}
