import { brokerUsers } from "@p4/nats";
import { openBackup } from "../backup/backup-folder.ts";
import { planRestore, restoreStreams, verifyRestored } from "../backup/restore-backup.ts";
import { counted, timeText } from "../human.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { countArgument } from "./arguments.ts";

interface RestoreOptions {
  readonly replicas?: number;
  readonly concurrency: number;
  readonly yes?: boolean;
}

export const restoreVerb: Verb = (verb, context) => {
  verb
    .argument("<folder>", "what p4 backup has made")
    .option("--replicas <n>", "copies of each stream, where the new broker is of another size", countArgument)
    .option("--concurrency <n>", "channels read at the same time", countArgument, 64)
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 restore /backups/2026-11-29", "asks first; run it again after it broke off"],
        ["p4 restore /backups/2026-11-29 --replicas 3", "of a single server, into a cluster"],
      ) +
        "\nStart nats-server alone, restore, then start the apps: an app that comes first makes streams of its own, and the restore\n" +
        "refuses. Exit code 1: a channel folds to something else than when it was saved.\n",
    )
    .action((folder: string, { replicas = undefined, concurrency, yes }: RestoreOptions) =>
      explained(async () => {
        const { address } = await findOperatorBroker(context);
        const manifest = await openBackup(folder);
        const { region, shards, madeAt } = manifest;
        await withBroker({ ...address, name: brokerUsers.backup }, async (broker) => {
          const plan = await planRestore(broker, manifest);
          const what = `${counted(plan.wanted.length, "stream")} of region ${region} of ${timeText(Date.parse(madeAt))}`;
          if (plan.wanted.length > 0) await context.confirm(`Restore ${what} to ${broker.url}?`, yes === true);
          await restoreStreams(context, broker, folder, { plan, replicas: replicas ?? null });
          const report = await verifyRestored(context, broker, folder, { manifest, concurrency });
          const { changed, gone } = report;
          const restored = plan.wanted.map(({ config }) => config.name);
          context.print({ folder, region, shards, madeAt, restored, alreadyThere: plan.there, ...report }, () => [
            `${counted(restored.length, "stream")} restored, ${counted(plan.there.length, "stream")} there already`,
            ...(gone === 0 ? [] : [`${counted(gone, "channel")} went with the log's age since`]),
            ...changed.map(
              ({ channelId, detail }) => `${context.terminal.style("red", "changed")} ${channelId}: ${detail}`,
            ),
            changed.length === 0
              ? `${context.terminal.style("green", "all fold")} to what they were: ${counted(report.channels - gone, "channel")}`
              : `folding to something else: ${counted(changed.length, "channel")}`,
          ]);
          if (changed.length > 0) context.fail();
        });
      }),
    );
};
