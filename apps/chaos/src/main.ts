import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readOptions, usage, type CampaignOptions } from "./campaign/campaign-options.ts";
import { reportText } from "./campaign/report-text.ts";
import { clusterMain } from "./cluster/main.ts";
import { powerCutMain } from "./power-cut/main.ts";
import { runCampaign, type CampaignReport } from "./campaign/run-campaign.ts";

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === "cluster") process.exitCode = await clusterMain(rest);
  else if (command === "power-cut") process.exitCode = await powerCutMain(rest);
  else process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<number> {
  let options: CampaignOptions | "help";
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  return campaign(options);
}

async function campaign(options: CampaignOptions): Promise<number> {
  const dir = options.dir === null ? await mkdtemp(join(tmpdir(), "p4-chaos-")) : resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const startMs = Date.now();
  const onProgress = (text: string): void =>
    void process.stderr.write(`${((Date.now() - startMs) / 1_000).toFixed(1).padStart(7)} s  ${text}\n`);
  // Children end with this process; this makes Ctrl-C an ordinary end of it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  let report: CampaignReport;
  try {
    report = await runCampaign(options, dir, onProgress);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`the campaign could not be carried out: ${reason}\nits logs: ${dir}\n`);
    return 1;
  }
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : reportText(report)}\n`);
  const isClean = report.violations.length === 0;
  const isAsExpected = options.sabotage === null ? isClean : !isClean;
  if (options.dir === null && isAsExpected) await rm(dir, { recursive: true, force: true });
  else process.stderr.write(`logs, stores and the wallets' record: ${dir}\n`);
  return isAsExpected ? 0 : 1;
}
