import { readOptions, usage, type CampaignOptions } from "./campaign/campaign-options.ts";
import { reportText } from "./campaign/report-text.ts";
import { runCampaign } from "./campaign/run-campaign.ts";
import { clusterMain } from "./cluster/main.ts";
import { handoverMain } from "./handover/main.ts";
import { leaderMain } from "./leader/main.ts";
import { outageMain } from "./outage/main.ts";
import { powerCutMain } from "./power-cut/main.ts";
import { regionsMain } from "./regions/main.ts";
import { runScenario } from "./scenario.ts";
import { strangersMain } from "./strangers/main.ts";

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === "cluster") process.exitCode = await clusterMain(rest);
  else if (command === "handover") process.exitCode = await handoverMain(rest);
  else if (command === "leader") process.exitCode = await leaderMain(rest);
  else if (command === "outage") process.exitCode = await outageMain(rest);
  else if (command === "power-cut") process.exitCode = await powerCutMain(rest);
  else if (command === "regions") process.exitCode = await regionsMain(rest);
  else if (command === "strangers") process.exitCode = await strangersMain(rest);
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
  return runScenario(options.dir, async (dir, onProgress) => {
    const report = await runCampaign(options, dir, onProgress);
    const isClean = report.violations.length === 0;
    return {
      text: options.json ? JSON.stringify(report, null, 2) : reportText(report),
      isAsExpected: options.sabotage === null ? isClean : !isClean,
    };
  });
}
