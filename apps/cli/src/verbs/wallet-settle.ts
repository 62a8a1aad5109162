import { CliError } from "../cli-error.ts";
import { counted } from "../human.ts";
import type { SignedPayment } from "../pay/funding.ts";
import { queryTransaction } from "../pay/mapi.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { urlArgument } from "./arguments.ts";

interface SettleOptions {
  readonly miner: string;
  readonly giveUp?: boolean;
  readonly yes?: boolean;
}

export const addWalletSettle: Verb = (wallet, context) => {
  wallet
    .command("settle")
    .argument("<file>", "a wallet file")
    .description("ask a miner about payments whose outcome is not known: of those that it has, the change comes in")
    .requiredOption("--miner <url>", "its mAPI", urlArgument)
    .option("--give-up", "take back the coins of those that it does not have")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 wallet settle my.json --miner http://127.0.0.1:8444", "the channel is over, and no answer came"],
        ["p4 wallet settle my.json --miner http://127.0.0.1:8444 --give-up", "asks first"],
      ) +
        "\nWhile the channel is open, p4 pay asks the merchant, and p4 anchor publish ends what an anchor has begun: better so.\n",
    )
    .action((file: string, options: SettleOptions) => settle(context, file, options));
};

async function settle(context: VerbContext, file: string, options: SettleOptions): Promise<void> {
  const { miner, giveUp = false, yes = false } = options;
  const wallet = await WalletFile.open(file);
  const paid: SignedPayment[] = [];
  const unknown: SignedPayment[] = [];
  for (const { payment } of wallet.pending) ((await hasIt(miner, payment)) ? paid : unknown).push(payment);
  for (const payment of paid) await wallet.settle(payment, true);
  if (giveUp && unknown.length > 0) {
    const question = `Take back the coins of ${counted(unknown.length, "payment")} that this miner does not have?`;
    const risk = "If a merchant sends one all the same, it and what its coins pay then exclude each other.";
    await context.confirm(`${question} ${risk}`, yes);
    for (const payment of unknown) await wallet.settle(payment, false);
  }
  const [givenUp, pending] = giveUp ? [unknown, []] : [[], unknown];
  const { satoshis } = wallet;
  const result = { file, satoshis, paid: idsOf(paid), givenUp: idsOf(givenUp), pending: idsOf(pending) };
  context.print(result, () => [
    ...result.paid.map((txid) => `paid: ${txid}`),
    ...result.givenUp.map((txid) => `given up: ${txid}`),
    ...result.pending.map((txid) => `not known to this miner: ${txid}`),
    `balance ${satoshis} satoshis`,
  ]);
}

const idsOf = (payments: readonly SignedPayment[]): string[] => payments.map(({ txid }) => txid);

async function hasIt(miner: string, { txid }: SignedPayment): Promise<boolean> {
  const { returnResult } = await queryTransaction(miner, txid);
  if (returnResult === "success" || returnResult === "failure") return returnResult === "success";
  const nextStep = `It was asked at ${miner}.`;
  throw new CliError("failed", `the miner does not say whether it has ${txid}`, nextStep, "BAD_ANSWER");
}
