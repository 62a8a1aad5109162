import { signToken, verifyToken, type TokenRole } from "@p4/node-crypto";
import { Argument } from "commander";
import { CliError } from "../cli-error.ts";
import { readConfig } from "../operator/read-config.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, durationArgument } from "./arguments.ts";

const roles: readonly TokenRole[] = ["merchant", "customer"];

export const tokenVerb: Verb = (program, context) => {
  const token = program
    .command("token")
    .description("make and check join tokens, for the join policy token")
    .addHelpText(
      "after",
      examples(["p4 token new customer inv42 --lifetime 2h", "a customer's token for one channel"]),
    );
  token
    .command("new")
    .addArgument(new Argument("<role>", "whose token").choices(roles))
    .argument("<channel>", "the one channel that it is for", channelArgument)
    .description("sign a token with the first secret of P4_JOIN_SECRET, which is read from the environment alone")
    .option(
      "--lifetime <duration>",
      "how long it is good for, such as 2h; without it, as long as the secret",
      durationArgument,
    )
    .addHelpText("after", examples(["p4 token new merchant inv42", "for the merchant, who opens the channel"]))
    .action((role: TokenRole, channelId: string, { lifetime }: { lifetime?: number }) => {
      const [secret = ""] = secretsOf(context);
      const expiresAtMs = lifetime === undefined ? null : Date.now() + lifetime;
      const text = signToken(secret, { channelId, role, ...(expiresAtMs === null ? {} : { expiresAtMs }) });
      context.print({ token: text, role, channelId, expiresAt: timeOf(expiresAtMs) }, () => text);
    });
  token
    .command("check")
    .argument("<token>", "the token; - reads it from the environment variable TOKEN")
    .argument("<channel>", "the channel that it is to open", channelArgument)
    .description("say whose a token is, when it ends and whether the newer or the older secret signed it")
    .addHelpText("after", examples(["TOKEN=customer.0.k3... p4 token check - inv42", "kept out of the process list"]))
    .action((text: string, channelId: string) => {
      const given = text === "-" ? (context.env["TOKEN"] ?? "") : text;
      const verdict = verifyToken(secretsOf(context), channelId, given, Date.now());
      if (!verdict.valid) {
        context.print({ valid: false, reason: verdict.reason }, () => `refused: ${reasons[verdict.reason]}`);
        return context.fail();
      }
      const { role, expiresAtMs, secretIndex } = verdict;
      const signedBy = secretIndex === 0 ? "the first secret" : "the second secret";
      const ends = expiresAtMs === null ? "never ends" : `ends ${new Date(expiresAtMs).toISOString()}`;
      const found = { valid: true, role, channelId, expiresAt: timeOf(expiresAtMs), secretIndex };
      context.print(found, () => `valid: ${role} of ${channelId}, ${ends}, signed with ${signedBy}`);
    });
};

const reasons = {
  malformed: "a token is <role>.<expiresAtMs>.<mac>",
  expired: "it has ended",
  wrongSignature: "it was signed with another secret, or for another channel or role",
} as const;

function timeOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function secretsOf(context: VerbContext): readonly string[] {
  const secrets = readConfig(context).joinSecrets;
  if (secrets !== null) return secrets;
  throw new CliError(
    "misuse",
    "P4_JOIN_SECRET is not set",
    "Set it to the secret of the edges: 16 characters or more.",
    "TOKEN_SECRET",
  );
}
