import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "@p4/testkit/command-line";
import { number, whole, type OptionsOf } from "@p4/testkit/command-line";
import { batches, seed } from "../chaos-options.ts";
import { runPowerCut } from "./run-power-cut.ts";
import { whyNoTrace } from "./traced-server.ts";

const summary = "what a loss of power leaves of acknowledged events";
const about = `What a loss of power would leave of acknowledged events, with sync_interval always and with 2m (the server's default).
Exit code 0: nothing was lost with always. Needs strace(1); Linux only.`;

const options = { cuts: whole(5, 1, 100), seconds: number(3, 0.5, 60), seed, batches };

export const powerCut = command({ name: "power-cut", summary, about, options, run: cutPower });

async function cutPower(given: OptionsOf<typeof options>): Promise<number> {
  const reason = whyNoTrace();
  if (reason !== null) {
    process.stdout.write(`skipped: ${reason}\n`);
    return 0;
  }
  const dir = await mkdtemp(join(tmpdir(), "p4-power-cut-"));
  let lostWithAlways = 0;
  try {
    for (const syncInterval of ["always", "2m"]) {
      const cuts = await runPowerCut({ ...given, dir: join(dir, syncInterval), syncInterval });
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
