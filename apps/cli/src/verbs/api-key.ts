import { apiKeyBucket, ApiKeys, apiKeyScopes, issueApiKey, revokeApiKey, rotateApiKey } from "@p4/app";
import type { ApiKey, ApiKeyScope } from "@p4/app";
import { createDocumentStore } from "@p4/nats";
import { InvalidArgumentError, Option } from "commander";
import { CliError } from "../cli-error.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import { tableLines } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { durationArgument } from "./arguments.ts";

export const apiKeyVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(["p4 api-key new till --scope invoices:read,invoices:write", "a key that makes and reads invoices"]) +
      `\nScopes: ${apiKeyScopes.join(", ")}. payd must have run once: it makes the bucket that they are kept in.\n`,
  );
  verb
    .command("new")
    .argument("<name>", "whose key, for the list", nameArgument)
    .requiredOption("--scope <scopes>", "what it is good for, with commas between them", scopesArgument)
    .description("make a key and print it: the only time that it is shown")
    .addHelpText("after", examples(["p4 api-key new books --scope invoices:read", "for a program that only reads"]))
    .action(async (name: string, { scope }: { scope: readonly ApiKeyScope[] }) => {
      const { key, text } = issueApiKey(name, scope, Date.now());
      await withKeys(context, (keys) => keys.add(key));
      context.print({ key: text, ...viewOf(key) }, () => text);
    });
  verb
    .command("list")
    .description("show the keys: id, name, scopes, what has become of them; never their text")
    .addHelpText("after", examples(["p4 api-key list", "the oldest first"]))
    .action(async () => {
      const keys = (await withKeys(context, (stored) => stored.list())).map(viewOf);
      const rows = keys.map(({ id, name, scopes, createdAt, state }) => [id, name, scopes.join(","), createdAt, state]);
      const columns = ["id", "name", "scopes", "made", "state"].map((title) => ({ title }));
      context.print({ keys }, () =>
        rows.length === 0 ? "no keys" : tableLines(columns, rows, context.terminal.style),
      );
    });
  verb
    .command("rotate")
    .argument("<id>", "12 hex digits, the second part of the key's text")
    .addOption(
      new Option("--overlap <duration>", "how long the text before is still good")
        .argParser(durationArgument)
        .default(86_400_000, "24h"),
    )
    .description("give a key a new text, print it, and let the old one in for a while")
    .addHelpText(
      "after",
      examples(["p4 api-key rotate 5f0c91d2a4be --overlap 1h", "swap the shop's key within an hour"]),
    )
    .action(async (id: string, { overlap }: { overlap: number }) => {
      let text = "";
      const rotated = await changed(context, id, (key) => {
        if (key.revokedAtMs !== null)
          throw new CliError("failed", `the key ${id} is revoked`, "Make another one.", "API_KEY");
        const issued = rotateApiKey(key, Date.now(), overlap);
        text = issued.text;
        return issued.key;
      });
      context.print({ key: text, ...viewOf(rotated) }, () => text);
    });
  verb
    .command("revoke")
    .argument("<id>", "12 hex digits, the second part of the key's text")
    .description("end a key: its next request is refused")
    .addHelpText("after", examples(["p4 api-key revoke 5f0c91d2a4be", "at once, for each of its texts"]))
    .action(async (id: string) => {
      const revoked = await changed(context, id, (key) => revokeApiKey(key, Date.now()));
      context.print({ revoked: viewOf(revoked) }, () => `revoked: ${revoked.id} (${revoked.name})`);
    });
};

/** Without the hashes: they open nothing, and tell nothing. */
function viewOf({ id, name, scopes, createdAtMs, revokedAtMs, secrets }: ApiKey) {
  const overlapEndsAtMs = secrets[1]?.endsAtMs ?? null;
  const isOverlapping = overlapEndsAtMs !== null && overlapEndsAtMs > Date.now();
  const state = revokedAtMs !== null ? "revoked" : isOverlapping ? "being rotated" : "in force";
  return { id, name, scopes, createdAt: new Date(createdAtMs).toISOString(), state };
}

async function changed(context: VerbContext, id: string, change: (key: ApiKey) => ApiKey): Promise<ApiKey> {
  const key = await withKeys(context, (keys) => keys.update(id, change));
  if (key !== null) return key;
  throw new CliError("failed", `there is no API key ${id.slice(0, 64)}`, "p4 api-key list shows them.", "API_KEY");
}

async function withKeys<T>(context: VerbContext, work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  const { config, address } = await findOperatorBroker(context);
  return explained(() =>
    withBroker(address, (broker) => {
      return work(new ApiKeys(createDocumentStore(broker, { region: config.region, name: apiKeyBucket })));
    }),
  );
}

function nameArgument(text: string): string {
  if (/^[\w .@-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be 1 to 64 letters, digits, spaces, or any of _ . @ -");
}

function scopesArgument(text: string): readonly ApiKeyScope[] {
  const names = text.split(",").map((name) => name.trim());
  const scopes = apiKeyScopes.filter((scope) => names.includes(scope));
  if (scopes.length === names.length) return scopes;
  throw new InvalidArgumentError(`It must be one or more of ${apiKeyScopes.join(", ")}, each once.`);
}
