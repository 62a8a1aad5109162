import { loadConfig } from "@p4/config";
import { command, refuse, text, whole } from "@p4/testkit/command-line";
import { recordChannels } from "./record-channels.ts";

const about = `Records payments in the log of the broker at <url>, as an edge would. For trials with p4 recover and p4 channels on a
broker of its own: the channels cannot be taken out of a log again. P4_REGION and P4_SHARDS are kept.`;

export const record = command({
  name: "record",
  summary: "fills a broker with recorded payments, for trials with p4",
  about,
  options: {
    nats: text("url", null),
    channels: whole(100_000, 1, 1e9),
    concurrency: whole(256, 1, 100_000),
    prefix: text("prefix", "rec-"),
  },
  async run({ nats, ...given }) {
    const natsUrl = nats ?? refuse("--nats: the broker has to be named");
    const { region, shards } = loadConfig(process.env);
    const onProgress = (done: number): void => {
      if (done % 5_000 === 0) process.stderr.write(`  ${String(done)} channels\n`);
    };
    const figures = await recordChannels({ ...given, natsUrl, region, shards, onProgress });
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return 0;
  },
});
