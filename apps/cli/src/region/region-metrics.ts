import { copyAgeMs, currentRow, sameRow, type RegionState, type SiteState } from "@p4/regions";
import { prometheusText, type Metric } from "../operator/prometheus-text.ts";
import type { ServerGateState } from "./survey-gates.ts";
import { atRisk } from "./at-risk.ts";

/** What only an operator's login may ask of the sites, as Prometheus' text format. Pure. */
export function regionMetrics(state: RegionState, gates: readonly ServerGateState[] = []): string[] {
  const { region, sites } = state;
  const row = currentRow(sites.map((site) => site.row));
  const place = `region="${region}"`;
  // A witness has a gate of its own, and nothing behind it.
  const gated = gates.filter(({ site }) => sites.some((each) => each.site === site && each.streams.length > 0));
  const each = (value: (site: SiteState) => number | null): Metric["samples"] =>
    sites.flatMap((site) => {
      const found = value(site);
      return found === null ? [] : [[`${place},site="${site.site}"`, found] as const];
    });
  const risk = atRisk(state);
  return prometheusText([
    { name: "p4_region_site_up", help: "1: the site answers", samples: each(({ answers }) => Number(answers)) },
    {
      name: "p4_region_table_epoch",
      help: "What the site's table says; 0: nothing",
      samples: each((site) => (site.answers ? (site.row?.epoch ?? 0) : null)),
    },
    {
      name: "p4_region_disagrees",
      help: "1: the site's table, or a stream at it, is not what the region's table says",
      samples: each((site) => (site.answers && row !== null ? Number(disagrees(site, row)) : null)),
    },
    {
      name: "p4_region_site_copy_age_seconds",
      help: "Since the site's copy last heard of its home",
      samples: each((site) => {
        const ageMs = row?.copies.includes(site.site) === true && site.answers ? copyAgeMs(site) : null;
        return ageMs === null ? null : ageMs / 1_000;
      }),
    },
    {
      name: "p4_region_site_gate_open",
      help: "1: the server takes the region's events; 0: its guard does not let it, or is not there",
      samples: gated.flatMap(({ site, server, found }) =>
        found === null ? [] : [[`${place},site="${site}",server="${server}"`, Number(found.gate === "open")] as const],
      ),
    },
    {
      name: "p4_region_site_lease_left_seconds",
      help: "How long nodes at the server may write, as the sites answer it",
      samples: gated.flatMap(({ site, server, found }) =>
        found === null || found.leaseLeftMs === null
          ? []
          : [[`${place},site="${site}",server="${server}"`, found.leaseLeftMs / 1_000] as const],
      ),
    },
    {
      name: "p4_region_copies",
      help: "Sites beside the home that hold a complete copy",
      samples: row === null ? [] : [[place, row.copies.length]],
    },
    {
      name: "p4_region_at_risk_events",
      help: "Events that no copy has: lost, were the home gone now",
      samples: risk.events === null ? [] : [[place, risk.events]],
    },
  ]);
}

/** Whether a site says anything else of the region than its table, or takes writes although it is not the home. */
export function disagrees(site: SiteState, row: NonNullable<SiteState["row"]>): boolean {
  if (!sameRow(site.row, row)) return true;
  return site.streams.some(({ role }) => {
    if (site.site === row.home) return role.kind !== "home" || role.epoch !== row.epoch;
    return role.kind !== "copy" || role.of !== row.home;
  });
}
