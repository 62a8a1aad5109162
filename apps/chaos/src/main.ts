import { runCommandLine } from "@p4/testkit/command-line";
import { campaign } from "./campaign/campaign.ts";
import { cluster } from "./cluster/cluster.ts";
import { handover } from "./handover/handover.ts";
import { leader } from "./leader/leader.ts";
import { outage } from "./outage/outage.ts";
import { powerCut } from "./power-cut/power-cut.ts";
import { regionCampaign } from "./region-campaign/region-campaign.ts";
import { regionDrills } from "./regions/region-drills.ts";
import { strangers } from "./strangers/strangers.ts";

const commands = [campaign, cluster, handover, leader, outage, powerCut, regionDrills, regionCampaign, strangers];

try {
  process.exitCode = await runCommandLine("npm run chaos --", commands, process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
