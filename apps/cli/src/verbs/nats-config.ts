import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { siteNamesOf } from "@p4/app";
import {
  brokerUsers,
  gateFileName,
  gateText,
  openLoginFile,
  userPermissions,
  usersConfig,
  type BrokerUser,
} from "@p4/nats";
import { InvalidArgumentError } from "commander";
import { CliError } from "../cli-error.ts";
import { readConfig } from "../operator/read-config.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

export const natsConfigVerb: Verb = (verb, context) => {
  verb
    .argument("<folder>", "where to; made for you alone")
    .option(
      "--account <name>",
      "put the users into an account of this name; without it, into the global one",
      accountName,
    )
    .addHelpText(
      "after",
      examples(
        ["p4 nats-config nats-users", 'users.conf, for include "users.conf" in nats.conf; and edge.nk, expiry.nk, ...'],
        ["P4_SHARDS=16 p4 nats-config nats-users", "the same keys, with permissions for 16 shards"],
        ["P4_NATS_CREDENTIALS=nats-users/operator.nk p4 doctor", "with the login of operators"],
      ) +
        "\nP4_REGION and P4_SHARDS say for which streams, P4_SITES between which sites. Keys that are there stay, and are never shown: users.conf has their" +
        "\npublic parts alone. To replace one, delete its file, run this again and reload the servers.\n",
    )
    .action((folder: string, { account = null }: { account?: string | null }) => makeUsers(context, folder, account));
};

async function makeUsers(context: VerbContext, folder: string, account: string | null): Promise<void> {
  const config = readConfig(context);
  const { region, shards } = config;
  const permissions = userPermissions(region, shards, siteNamesOf(config));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const users = await Promise.all(
      (Object.keys(brokerUsers) as BrokerUser[]).map(async (name) => {
        const file = join(folder, `${name}.nk`);
        return { name, file, ...(await openLoginFile(file)), permissions: permissions[name] };
      }),
    );
    const file = join(folder, "users.conf");
    const comment = `# Users of region ${region} with ${shards} shards, made by p4 nats-config. No secret is in it.\n`;
    await writeFile(file, comment + usersConfig(users, { account }), { mode: 0o600 });
    const gate = siteNamesOf(config).length === 0 ? null : join(folder, gateFileName);
    // On disk it is always shut: a guard that is at work has it open in its server alone.
    if (gate !== null) await writeFile(gate, gateText("shut"), { mode: 0o644 });
    context.print({ config: file, gate, region, shards, account, users }, () => [
      ...users.map(({ name, file, isNew }) => `${name.padEnd(13)} ${file}${isNew ? "" : " (kept)"}`),
      `permissions   ${file}: include it in the configuration of each server`,
      ...(gate === null
        ? []
        : [`gate          ${gate}: shut; each server needs one of its own, and p4 region guard beside it`]),
      `Each program gets its own file: P4_NATS_CREDENTIALS=${users[0]?.file ?? ""}`,
    ]);
  } catch (error) {
    if (error instanceof CliError || !(error instanceof Error)) throw error;
    throw new CliError("failed", `${folder}: ${error.message}`, "Name a folder that you may write to.", "NATS_CONFIG");
  }
}

function accountName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError("1 to 64 of A-Z, a-z, 0-9, - and _.");
}
