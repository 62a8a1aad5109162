import { surveyRegion } from "@p4/nats";
import { currentRow } from "@p4/regions";
import { timeText } from "../human.ts";
import { lookAt } from "../operator/finding.ts";
import type { VerbContext } from "../verb.ts";
import { gateFindings } from "./gate-findings.ts";
import { rowText } from "./plan-lines.ts";
import { regionMetrics } from "./region-metrics.ts";
import { regionFindings } from "./region-findings.ts";
import { readRecords } from "./region-record.ts";
import { surveyGates } from "./survey-gates.ts";
import { withSites } from "./with-sites.ts";

const marks = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;
const recordsShown = 5;

/** What the sites say of a region, and its last records. Fails when something is wrong. */
export function showStatus(context: VerbContext, region: string, asMetrics: boolean): Promise<void> {
  return withSites(context, async ({ brokers, config }) => {
    const [state, gates] = await Promise.all([surveyRegion(brokers, region), surveyGates(config, region)]);
    if (asMetrics) return context.print({ ...state, gates }, () => regionMetrics(state, gates));
    const findings = [...regionFindings(state), ...gateFindings(state, gates)];
    const row = currentRow(state.sites.map((site) => site.row));
    const home = row === null ? null : (brokers.get(row.home) ?? null);
    const records: Awaited<ReturnType<typeof readRecords>> = [];
    if (home !== null) {
      const trouble = await lookAt("records", async () => {
        records.push(...(await readRecords(home, region)).slice(-recordsShown));
        return [];
      });
      findings.push(...trouble);
    }
    context.print({ row, findings, sites: state.sites, gates, records }, () => [
      ...findings.flatMap(({ status, check, found, fix }) => [
        `${marks[status]}  ${check}: ${found}`,
        ...(fix === "" ? [] : [`           ${fix}`]),
      ]),
      ...records.map(({ atMs, command, after, publicKey, isSigned }) => {
        const by = isSigned ? `signed by ${publicKey.slice(0, 12)}` : "ITS SIGNATURE DOES NOT HOLD";
        return `${timeText(atMs)}  ${command}: ${rowText(after)} (${by})`;
      }),
    ]);
    if (findings.some(({ status }) => status === "failed")) context.fail();
  });
}
