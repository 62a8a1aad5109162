import { askFaucet } from "../pay/faucet.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { examples, type Verb } from "../verb.ts";
import { satoshisArgument, urlArgument } from "./arguments.ts";

export const walletVerb: Verb = (program, context) => {
  const wallet = program.command("wallet").description("wallet files for p4 pay: one key and its coins, for trials");

  wallet
    .command("new <file>")
    .description("make a wallet file with a fresh key")
    .addHelpText("after", examples(["p4 wallet new my.json", "prints the address to send coins to"]))
    .action(async (file: string) => {
      const { address } = await WalletFile.create(file);
      context.print({ file, address }, () => [`${file} made`, `address ${address}`]);
    });

  wallet
    .command("show <file>")
    .description("show the address and the balance")
    .action(async (file: string) => {
      const { address, satoshis } = await WalletFile.open(file);
      context.print({ file, address, satoshis }, () => [`address ${address}`, `balance ${satoshis} satoshis`]);
    });

  wallet
    .command("fund <file>")
    .description("take coins from a development miner's faucet")
    .requiredOption("--faucet <url>", "the development miner", urlArgument)
    .option("--satoshis <n>", "how much", satoshisArgument, 100_000n)
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
