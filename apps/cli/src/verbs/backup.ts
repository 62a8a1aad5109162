import { brokerUsers } from "@p4/nats";
import { takeBackup } from "../backup/take-backup.ts";
import { counted, sizeText } from "../human.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { countArgument } from "./arguments.ts";

export const backupVerb: Verb = (verb, context) => {
  verb
    .argument("<folder>", "where to; it must not be there")
    .option("--concurrency <n>", "channels read at the same time", countArgument, 64)
    .addHelpText(
      "after",
      examples(
        ["p4 backup /backups/2026-11-29", "the whole region"],
        ["p4 restore /backups/2026-11-29", "into a broker that holds nothing of it; every channel is checked"],
      ) +
        "\nThe folder is there when the backup is whole. Not in it: the index of channels, which is made of the log, and the\n" +
        "keys and files of the data directories (payd's master key, the operator's keys). Exit code 1: a channel does not fold.\n",
    )
    .action((folder: string, { concurrency }: { concurrency: number }) =>
      explained(async () => {
        const { address, config } = await findOperatorBroker(context);
        const { region, shards } = config;
        const report = await withBroker({ ...address, name: brokerUsers.backup }, (broker) =>
          takeBackup(context, broker, { region, shards, folder, concurrency }),
        );
        context.print(report, () => [
          `${folder}: ${counted(report.streams, "stream")}, ${counted(report.channels, "channel")}, ${sizeText(report.sizeBytes)}`,
          ...report.damaged.map(
            (channelId) => `${context.terminal.style("red", "damaged")} ${channelId}: saved as it is`,
          ),
        ]);
        if (report.damaged.length > 0) context.fail();
      }),
    );
};
