import { existsSync } from "node:fs";
import { join } from "node:path";
import { revokeToken } from "@p4/app";
import { signToken, tokenIdOf, verifyToken, type TokenRole } from "@p4/node-crypto";
import { Argument } from "commander";
import { CliError } from "../cli-error.ts";
import { readConfig } from "../operator/read-config.ts";
import { withNode } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, durationArgument } from "./arguments.ts";

const roles: readonly TokenRole[] = ["merchant", "customer"];

export const tokenVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(["p4 token new customer inv42 --lifetime 2h", "a customer's token for one channel"]),
  );
  verb
    .command("new")
    .addArgument(new Argument("<role>", "whose token").choices(roles))
    .argument("<channel>", "the one channel that it is for", channelArgument)
    .description("sign a token with the first secret of P4_JOIN_SECRET, or of the running `npm start`")
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
  verb
    .command("check")
    .argument("<token>", "the token; - reads it from the environment variable TOKEN")
    .argument("<channel>", "the channel that it is to open", channelArgument)
    .description("say whose a token is, when it ends and whether the newer or the older secret signed it")
    .addHelpText("after", examples(["TOKEN=customer.0.k3... p4 token check - inv42", "kept out of the process list"]))
    .action((text: string, channelId: string) => {
      const verdict = verifyToken(secretsOf(context), channelId, given(context, text), Date.now());
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
  verb
    .command("revoke")
    .argument("<token>", "the token; - reads it from the environment variable TOKEN")
    .argument("<channel>", "the channel that it opens", channelArgument)
    .description(
      "end a token before its time: each edge closes what it has let in within seconds, and refuses it from then on",
    )
    .addHelpText(
      "after",
      examples(["TOKEN=customer.0.k3... p4 token revoke - inv42", "other holders of the same text are out as well"]) +
        "\nTwo tokens of one channel, role and end are the same text. To make another one, give it another --lifetime.\n",
    )
    .action((text: string, channelId: string) => revoke(context, given(context, text), channelId));
};

async function revoke(context: VerbContext, text: string, channelId: string): Promise<void> {
  const verdict = verifyToken(secretsOf(context), channelId, text, Date.now());
  if (!verdict.valid) {
    const nextStep = "There is nothing to revoke: no edge with this secret would take it.";
    throw new CliError("failed", `the token is refused already: ${reasons[verdict.reason]}`, nextStep, "TOKEN_REFUSED");
  }
  const { role, expiresAtMs } = verdict;
  const record = { tokenId: tokenIdOf(text), channelId, role, expiresAtMs, revokedAtMs: Date.now() };
  await withNode(context, ({ node }) => revokeToken(node.revokedTokens, record));
  const revoked = { tokenId: record.tokenId, role, channelId, expiresAt: timeOf(expiresAtMs) };
  context.print({ revoked }, () => `revoked: the ${role}'s token of ${channelId}`);
}

function given({ env }: VerbContext, text: string): string {
  return text === "-" ? (env["TOKEN"] ?? "") : text;
}

const reasons = {
  malformed: "a token is <role>.<expiresAtMs>.<mac>",
  expired: "it has ended",
  wrongSignature: "it was signed with another secret, or for another channel or role",
} as const;

function secretsIn(path: string, { env }: VerbContext): readonly string[] | null {
  return readConfig({ env: { ...env, P4_JOIN_SECRET: `file:${path}` } }).joinSecrets;
}

function timeOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function secretsOf(context: VerbContext): readonly string[] {
  const { joinSecrets, dataDir } = readConfig(context);
  // Made by `npm start`, where its operator has set none.
  const ownFile = join(dataDir, "join.secret");
  const secrets = joinSecrets ?? (existsSync(ownFile) ? secretsIn(ownFile, context) : null);
  if (secrets !== null) return secrets;
  throw new CliError(
    "misuse",
    "P4_JOIN_SECRET is not set",
    "Set it to the secret of the edges, or to file:<path> of a file that holds it.",
    "TOKEN_SECRET",
  );
}
