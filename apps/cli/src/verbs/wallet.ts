import { Option } from "commander";
import { askFaucet } from "../pay/faucet.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { examples, type Verb } from "../verb.ts";
import { satoshisArgument, urlArgument } from "./arguments.ts";
import { addWalletSettle } from "./wallet-settle.ts";

export const walletVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(
      ["p4 wallet new my.json", "make one"],
      ["p4 wallet fund my.json --faucet http://127.0.0.1:8444", "coins of the local miner"],
      ["p4 pay ws://127.0.0.1:8445/ws/inv123 --wallet my.json", "use it"],
    ) + "\nThe key is stored in plain text: read access to the file is enough to spend the coins.\n",
  );

  verb
    .command("new")
    .argument("<file>", "where to")
    .description("make a wallet file with a fresh key")
    .addHelpText("after", examples(["p4 wallet new my.json", "prints the address to send coins to"]))
    .action(async (file: string) => {
      const { address } = await WalletFile.create(file);
      context.print({ file, address }, () => [`${file} made`, `address ${address}`]);
    });

  verb
    .command("show")
    .argument("<file>", "a wallet file")
    .description("show the address, the balance, and the coins of payments whose outcome is not known")
    .addHelpText("after", examples(["p4 wallet show my.json", "what it has left"]))
    .action(async (file: string) => {
      const opened = await WalletFile.open(file);
      const { address, satoshis } = opened;
      const pending = opened.pending.map(({ payment: { channelId, txid }, held }) => ({ channelId, txid, held }));
      context.print({ file, address, satoshis, pending }, () => [
        `address ${address}`,
        `balance ${satoshis} satoshis`,
        ...pending.map(({ channelId, txid, held }) => `held: ${held} satoshis for ${txid} on ${channelId}`),
        ...(pending.length === 0
          ? []
          : ["the outcome is not known: the same command asks again, then p4 wallet settle"]),
      ]);
    });

  addWalletSettle(verb, context);
  verb
    .command("fund")
    .argument("<file>", "a wallet file")
    .description("take coins from a development miner's faucet")
    .requiredOption("--faucet <url>", "the development miner", urlArgument)
    .addOption(
      // With words for the default: the help cannot print a bigint.
      new Option("--satoshis <n>", "how much").argParser(satoshisArgument).default(100_000n, "100000"),
    )
    .addHelpText(
      "after",
      examples(["p4 wallet fund my.json --faucet http://127.0.0.1:8444 --satoshis 50000", "coins of the local miner"]),
    )
    .action(async (file: string, { faucet, satoshis }: { faucet: string; satoshis: bigint }) => {
      const funded = await WalletFile.open(file);
      const coin = await askFaucet(faucet, funded.changeKey(), satoshis);
      await funded.add(coin);
      const { address } = funded;
      context.print({ file, address, satoshis: funded.satoshis, txid: coin.txid }, () => [
        `${satoshis} satoshis in ${coin.txid}`,
        `balance ${funded.satoshis} satoshis`,
      ]);
    });
};
