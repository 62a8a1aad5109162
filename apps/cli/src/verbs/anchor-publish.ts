import { addressesOf, type Config } from "@p4/config";
import { CliError } from "../cli-error.ts";
import { anchorTransactionPath } from "../evidence/anchor-transaction-file.ts";
import { confirmReplacing, readAnchorFile } from "../evidence/input-output.ts";
import { publishAnchor, type PublishedAnchor } from "../evidence/publish-anchor.ts";
import { readConfig } from "../operator/read-config.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { urlArgument } from "./arguments.ts";

interface PublishArguments {
  readonly wallet?: string;
  readonly miner?: string;
  readonly yes?: boolean;
}

const makeWallet = "Make one: p4 wallet new my.json";

export const addAnchorPublish: Verb = (anchor, context) => {
  anchor
    .command("publish")
    .argument("<file>", "an anchor file")
    .description("write the root of an anchor into a transaction, and <file>.tx.json; no broker")
    .option("--wallet <file>", "take the fee from this wallet file (see p4 wallet)")
    .option("--miner <url>", "the miner's mAPI; P4_MINER_URL", urlArgument)
    .option("--yes", "replace a transaction file that exists without asking")
    .addHelpText(
      "after",
      examples([
        "p4 anchor publish anchors/2026-11-23.p4a --wallet my.json",
        "what p4 anchor --wallet does at its end",
      ]) + "\nOne that was cut short is finished, not paid twice, by the same command.\n",
    )
    .action((path: string, options: PublishArguments) => publish(context, path, options));
};

async function publish(context: VerbContext, path: string, options: PublishArguments): Promise<void> {
  const { wallet, miner = minerUrlOf(readConfig(context)), yes = false } = options;
  if (wallet === undefined) throw new CliError("misuse", "give --wallet, which pays the fee", makeWallet);
  const { root } = (await readAnchorFile(path)).signedRoot;
  const funding = await WalletFile.open(wallet);
  await confirmReplacing(context, [anchorTransactionPath(path)], yes);
  const published = await publishAnchor({ path, root, funding, minerUrl: miner });
  context.print(published, () => publishedLines(published));
}

/** @param found the miner that runs beside the broker, if one was found there */
export function minerUrlOf(config: Config, found: string | null = null): string {
  return addressesOf({ ...config, minerUrl: config.minerUrl ?? found }).minerUrl;
}

export function publishedLines({ txid, feeSatoshis, file }: PublishedAnchor): string[] {
  return [`transaction ${txid}, fee ${feeSatoshis} satoshis`, file];
}

/** Throws a CliError (misuse): a miner alone publishes nothing. */
export function requireWallet({ wallet, miner }: { readonly wallet?: string; readonly miner?: string }): void {
  if (miner === undefined || wallet !== undefined) return;
  throw new CliError("misuse", "--miner needs --wallet, which pays the fee", makeWallet);
}
