import { surveyRegion } from "@p4/nats";
import { isCliError } from "../cli-error.ts";
import { failed, type Finding } from "../operator/finding.ts";
import type { VerbContext } from "../verb.ts";
import { gateFindings } from "./gate-findings.ts";
import { regionFindings } from "./region-findings.ts";
import { surveyGates } from "./survey-gates.ts";
import { withSites } from "./with-sites.ts";

/** The region's sites, beside what else is looked at. A site that is not let in is a finding too. */
export async function checkRegion(context: VerbContext, region: string): Promise<Finding[]> {
  try {
    const findings = await withSites(context, async ({ brokers, config }) => {
      const [state, gates] = await Promise.all([surveyRegion(brokers, region), surveyGates(config, region)]);
      return [...regionFindings(state), ...gateFindings(state, gates)];
    });
    return findings.map((finding) => ({ ...finding, check: `region: ${finding.check}` }));
  } catch (error) {
    if (!isCliError(error)) throw error;
    return [failed("region", error.message, error.nextStep ?? "")];
  }
}
