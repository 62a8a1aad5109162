import { surveyRegion } from "@p4/nats";
import { isCliError } from "../cli-error.ts";
import { failed, type Finding } from "../operator/finding.ts";
import type { VerbContext } from "../verb.ts";
import { regionFindings } from "./region-findings.ts";
import { withSites } from "./with-sites.ts";

/** The region's sites, beside what else is looked at. A site that is not let in is a finding too. */
export async function checkRegion(context: VerbContext, region: string): Promise<Finding[]> {
  try {
    const findings = await withSites(context, async ({ brokers }) =>
      regionFindings(await surveyRegion(brokers, region)),
    );
    return findings.map((finding) => ({ ...finding, check: `region: ${finding.check}` }));
  } catch (error) {
    if (!isCliError(error)) throw error;
    return [failed("region", error.message, error.nextStep ?? "")];
  }
}
