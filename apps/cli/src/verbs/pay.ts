import { Option } from "commander";
import type { Dialect } from "@p4/protocol";
import { CliError } from "../cli-error.ts";
import { faucetFunding } from "../pay/faucet.ts";
import type { Funding } from "../pay/funding.ts";
import { minerHeaders } from "../pay/miner-headers.ts";
import { payWithFunding } from "../pay/pay-with-funding.ts";
import { payLine, summary } from "../pay/pay-lines.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { examples, type Verb } from "../verb.ts";
import { durationArgument, urlArgument } from "./arguments.ts";

interface PayArguments {
  readonly faucet?: string;
  readonly wallet?: string;
  readonly headers?: string;
  readonly waitProof: boolean;
  readonly proofTimeout: number;
  readonly dialect: Dialect;
  readonly token?: string;
  readonly memo?: string;
}

export const payVerb: Verb = (verb, context) => {
  verb
    .argument("<ws-url>", "the invoice's channel: ws://host:port/ws/<channelID>")
    .option("--faucet <url>", "take the coins from this development miner", urlArgument)
    .option("--wallet <file>", "take the coins from this wallet file (see p4 wallet)")
    .option(
      "--headers <url>",
      "check the proof against the block headers of this miner or headers service",
      urlArgument,
    )
    .option("--no-wait-proof", "end after the merchant's answer")
    .addOption(
      new Option("--proof-timeout <duration>", "how long to wait for the proof")
        .argParser(durationArgument)
        .default(60_000, "60s"),
    )
    .option("--token <token>", "join token, where the server asks for one")
    .option("--memo <text>", "words for the merchant")
    .addOption(new Option("--dialect <name>", "wrapper of the messages").choices(["p4", "dpp"]).default("p4"))
    .addHelpText(
      "after",
      examples(
        ["p4 pay ws://127.0.0.1:8445/ws/inv123 --faucet http://127.0.0.1:8444", "development coins"],
        ["p4 pay ws://127.0.0.1:8445/ws/inv123 --wallet my.json", "coins of a wallet file"],
        ["p4 pay <url> --wallet my.json --headers http://127.0.0.1:8444", "and check the proof's block"],
      ) + "\nA payment from a wallet file that was cut short is finished, not repeated, by the same command.\n",
    )
    .action(async (url: string, options: PayArguments) => {
      const { waitProof, proofTimeout, dialect, token, memo, headers } = options;
      const outcome = await payWithFunding(url, {
        funding: await fundingOf(options),
        headers: headers === undefined ? null : minerHeaders(headers),
        waitForProof: waitProof,
        proofTimeoutMs: proofTimeout,
        dialect,
        ...(token === undefined ? {} : { token }),
        ...(memo === undefined ? {} : { memo }),
        onStep: (step) => context.progress(payLine(step, context.terminal)),
        signal: context.signal,
      });
      const isProved = !waitProof || outcome.proof !== null;
      context.print(outcome, () => summary(outcome, waitProof));
      // A proof that holds outweighs a miner's word.
      if (outcome.rejection !== null && outcome.proof === null) context.fail("rejected");
      else if (!outcome.accepted || !isProved) context.fail();
    });
};

async function fundingOf({ faucet, wallet }: PayArguments): Promise<Funding> {
  if ((faucet === undefined) === (wallet === undefined)) {
    throw new CliError("misuse", "give either --faucet or --wallet", "For trials: --faucet http://127.0.0.1:8444");
  }
  return faucet === undefined ? WalletFile.open(wallet ?? "") : faucetFunding(faucet);
}
