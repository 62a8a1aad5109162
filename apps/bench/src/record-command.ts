import { parseArgs } from "node:util";
import { loadConfig } from "@p4/config";
import { recordChannels } from "./record-channels.ts";

const usage = `npm run bench -- record --nats <url> [--channels 100000] [--concurrency 256] [--prefix rec-]

Records payments in the log of the broker at <url>, as an edge would. For trials with p4 recover and p4 channels on a
broker of its own: the channels cannot be taken out of a log again. P4_REGION and P4_SHARDS are kept.`;

/** Returns the exit code. */
export async function recordCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nats: { type: "string" },
      channels: { type: "string", default: "100000" },
      concurrency: { type: "string", default: "256" },
      prefix: { type: "string", default: "rec-" },
      help: { type: "boolean", default: false },
    },
  });
  const [channels, concurrency] = [Number(values.channels), Number(values.concurrency)];
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (values.nats === undefined || !isCount(channels) || !isCount(concurrency)) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { region, shards } = loadConfig(process.env);
  const onProgress = (done: number): void => {
    if (done % 5_000 === 0) process.stderr.write(`  ${String(done)} channels\n`);
  };
  const { natsUrl, prefix } = { natsUrl: values.nats, prefix: values.prefix };
  const figures = await recordChannels({ natsUrl, region, shards, channels, concurrency, prefix, onProgress });
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return 0;
}
