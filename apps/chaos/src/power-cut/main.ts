import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { batchesFlag, readBatches } from "../batches-option.ts";
import { whole, within } from "../number-option.ts";
import { runPowerCut } from "./run-power-cut.ts";
import { whyNoTrace } from "./traced-server.ts";

const usage = `npm run chaos -- power-cut [--cuts 5] [--seconds 3] [--seed 1] [--batches adaptive|always|never]

What a loss of power would leave of acknowledged events, with sync_interval always and with 2m (the server's default).
Exit code 0: nothing was lost with always. Needs strace(1); Linux only.`;

export async function powerCutMain(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cuts: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      ...batchesFlag,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const reason = whyNoTrace();
  if (reason !== null) {
    process.stdout.write(`skipped: ${reason}\n`);
    return 0;
  }
  const dir = await mkdtemp(join(tmpdir(), "p4-power-cut-"));
  let lostWithAlways = 0;
  try {
    for (const syncInterval of ["always", "2m"]) {
      const cuts = await runPowerCut({
        dir: join(dir, syncInterval),
        syncInterval,
        cuts: whole("cuts", values.cuts, 1, 100),
        seconds: within("seconds", values.seconds, 0.5, 60),
        seed: whole("seed", values.seed, 0, 2 ** 31),
        batches: readBatches(values.batches),
      });
      process.stdout.write(`sync_interval ${syncInterval}\n`);
      for (const { atMs, acknowledged, lost } of cuts) {
        process.stdout.write(
          `  cut after ${String(atMs)} ms: ${String(acknowledged)} acknowledged, ${String(lost)} lost\n`,
        );
        if (syncInterval === "always") lostWithAlways += lost;
      }
    }
    return lostWithAlways === 0 ? 0 : 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
