import {
  behindBy,
  classInForce,
  copyAgeMs,
  currentRow,
  roleText,
  sameRow,
  type RegionState,
  type SiteState,
} from "@p4/regions";
import { failed, ok, warning, type Finding } from "../operator/finding.ts";
import { counted } from "../human.ts";
import { atRisk } from "./at-risk.ts";
import { rowText } from "./plan-lines.ts";

/** A copy hears of its home each second, with or without events. `mirror.lag` says 0 during a cut. */
const redAfterMs = 3_000;

/** What an operator has to know of a region, worst things included. Pure. */
export function regionFindings(state: RegionState): Finding[] {
  const row = currentRow(state.sites.map((site) => site.row));
  if (row === null) {
    const isEmpty = state.sites.every((site) => site.row === null);
    return [
      isEmpty
        ? failed("home", `no table has region ${state.region}`, `p4 region copy ${state.region} --to <site>`)
        : failed(
            "home",
            "the sites do not agree on the region's home",
            `Two operators were at work: delete one's row (nats kv del P4_SITE_HOMES_<site> ${state.region}, at that site), run the other's command again.`,
          ),
    ];
  }
  const home = state.sites.find(({ site }) => site === row.home);
  const copies = row.copies.flatMap((name) => state.sites.filter(({ site }) => site === name));
  return [
    ok("home", rowText(row)),
    ...state.sites.map((site) => tableFinding(site, row)),
    homeFinding(home, row.epoch),
    ...copies.map((copy) => copyFinding(copy, home)),
    ...state.sites.flatMap((site) => strayFindings(site, row.home)),
    classInForce(row) === "none"
      ? warning("copies", "only one site has this region", `p4 region copy or return ${state.region}`)
      : ok("copies", `${classInForce(row)}, at ${row.copies.join(", ")}`),
    ...riskFindings(state),
  ];
}

function riskFindings(state: RegionState): Finding[] {
  const { site, events, ms } = atRisk(state);
  if (site === null || ms === null) return [];
  const what = events === null ? "the home does not tell how much" : counted(events, "event");
  const since = Number.isFinite(ms)
    ? `what was stored in the last ${String(Math.round(ms))} ms`
    : "what was stored since it was made";
  return [ok("at risk", `were the home gone now, ${site} would lack ${what}, and perhaps ${since}`)];
}

function tableFinding({ site, answers, row }: SiteState, current: NonNullable<SiteState["row"]>): Finding {
  const check = `table at ${site}`;
  if (!answers) return failed(check, "the site does not answer", "Look at its servers and at the link.");
  if (sameRow(row, current)) return ok(check, `epoch ${current.epoch}, turn ${current.turn}`);
  const found = row === null ? "has no row" : `has epoch ${row.epoch}, turn ${row.turn}, home ${row.home}`;
  return failed(check, found, "Run the last command again: it writes the row where it is missing.");
}

function homeFinding(home: SiteState | undefined, epoch: number): Finding {
  const check = `streams at ${home?.site ?? "home"}`;
  if (home === undefined || !home.answers) return failed(check, "the home does not answer", "p4 region failover");
  const other = home.streams.find(({ role }) => role.kind !== "home" || role.epoch !== epoch);
  if (home.streams.length > 0 && other === undefined) return ok(check, `${home.streams.length} of epoch ${epoch}`);
  const found = other === undefined ? "none" : `${other.stream} is ${roleText(other.role)}`;
  return failed(check, found, "A move was cut short: run its command again.");
}

function copyFinding(copy: SiteState, home: SiteState | undefined): Finding {
  const check = `copy at ${copy.site}`;
  if (!copy.answers) return failed(check, "the site does not answer", "Until it is back, no copy follows there.");
  const stale = copy.streams.find(({ role }) => role.kind !== "copy" || role.of !== home?.site);
  if (stale !== undefined) {
    return failed(check, `${stale.stream} is ${roleText(stale.role)}`, `p4 region return <region> ${copy.site}`);
  }
  const lacking = (home?.streams ?? []).find(({ stream }) => copy.streams.every((each) => each.stream !== stream));
  if (lacking !== undefined) {
    return failed(check, `lacks ${lacking.stream}`, `p4 region copy <region> --to ${copy.site}`);
  }
  const holes = copy.streams.reduce((sum, stream) => sum + (stream.holes ?? 0), 0);
  const holesOfHome = (home?.streams ?? []).reduce((sum, stream) => sum + (stream.holes ?? 0), 0);
  if (holes > holesOfHome) {
    return failed(check, `lacks ${holes} events in the middle`, `p4 region return <region> ${copy.site}`);
  }
  const ageMs = copyAgeMs(copy);
  const behind = behindBy(copy, home);
  const text = `heard of its home ${Math.round(ageMs)} ms ago${behind === null ? "" : `, ${behind} events behind`}`;
  return ageMs <= redAfterMs ? ok(check, text) : failed(check, text, "Look at the link between the sites.");
}

/** A site that takes writes, or is ready to, beside the home. */
function strayFindings({ site, streams }: SiteState, home: string): Finding[] {
  const stray = site === home ? undefined : streams.find(({ role }) => role.kind === "home" || role.kind === "plain");
  if (stray === undefined) return [];
  return [
    failed(`streams at ${site}`, `${stray.stream} is ${roleText(stray.role)}`, `p4 region return <region> ${site}`),
  ];
}
