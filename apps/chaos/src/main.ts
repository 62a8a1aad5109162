import { campaignMain } from "./campaign/main.ts";
import { clusterMain } from "./cluster/main.ts";
import { handoverMain } from "./handover/main.ts";
import { leaderMain } from "./leader/main.ts";
import { outageMain } from "./outage/main.ts";
import { powerCutMain } from "./power-cut/main.ts";
import { regionCampaignMain } from "./region-campaign/main.ts";
import { regionsMain } from "./regions/main.ts";
import { strangersMain } from "./strangers/main.ts";

const commands = new Map(
  Object.entries({
    cluster: clusterMain,
    handover: handoverMain,
    leader: leaderMain,
    outage: outageMain,
    "power-cut": powerCutMain,
    "region-drills": regionsMain,
    regions: regionCampaignMain,
    strangers: strangersMain,
  }),
);

const args = process.argv.slice(2);
const command = commands.get(args[0] ?? "");
try {
  process.exitCode = await (command === undefined ? campaignMain(args) : command(args.slice(1)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
