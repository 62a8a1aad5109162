import {
  fullCopyMs,
  homeStreams,
  isCopyOf,
  namesOf,
  roleText,
  spreadRow,
  tableStep,
  unlessEmpty,
  withCopy,
  type Plan,
} from "./plan.ts";
import { RegionError } from "./region-error.ts";
import { currentRow, type RegionRow } from "./region-row.ts";
import { answeringSite, roleOf, type RegionState, type SiteState } from "./region-state.ts";

/**
 * Gives a region a copy at another site. An existing deployment of one site takes its first epoch on the way: its log stays
 * where it is.
 *
 * @throws RegionError
 */
export function planCopy(state: RegionState, to: string): Plan {
  const known = currentRow(state.sites.map(({ row }) => row));
  const home = known === null ? onlyHolder(state) : answeringSite(state, known.home);
  const target = answeringSite(state, to);
  if (home === target) throw new RegionError("REGION_IS_HOME", to);
  const row = known ?? firstRow(state.region, home.site);
  const plain = home.streams.filter(({ role }) => role.kind === "plain");
  homeStreams({ ...home, streams: home.streams.map((each) => ({ ...each, role: adopted(each.role) })) }, row.epoch);
  const streams = namesOf(home.streams);
  const taken = target.streams.find(({ stream, role }) => !isCopyOf(role, home, stream));
  if (taken !== undefined) throw new RegionError("REGION_NAME_TAKEN", `${taken.stream} is ${roleText(taken.role)}`);
  const missing = streams.filter((stream) => roleOf(target, stream) === undefined);
  const done = withCopy(row, to);
  const isListed = known?.copies.includes(to) === true;
  return {
    row: isListed ? row : done,
    steps: [
      ...unlessEmpty({ do: "adopt", site: home.site, streams: namesOf(plain) }),
      ...(known === null ? [tableStep(state, row)] : []),
      ...unlessEmpty({ do: "copy", from: home.site, to, streams: missing }),
      ...(isListed && missing.length === 0
        ? []
        : [{ do: "complete", from: home.site, to, streams, withinMs: fullCopyMs } as const]),
      ...(isListed ? spreadRow(state, row) : [tableStep(state, done)]),
    ],
  };
}

const adopted = (role: SiteState["streams"][number]["role"]) =>
  role.kind === "plain" ? ({ kind: "home", epoch: 1, forks: [] } as const) : role;

const firstRow = (region: string, home: string): RegionRow => ({
  region,
  epoch: 1,
  turn: 0,
  home,
  copies: [],
  joining: [],
  class: "async",
});

/** Before there is a table, the region is where its streams are. */
function onlyHolder(state: RegionState): SiteState {
  const away = state.sites.filter(({ answers }) => !answers).map(({ site }) => site);
  if (away.length > 0) throw new RegionError("REGION_SITE_AWAY", away.join(", "));
  const holders = state.sites.filter(({ streams }) => streams.some(({ role }) => role.kind !== "copy"));
  const [holder, second] = holders;
  if (holder === undefined) throw new RegionError("REGION_NOT_SET_UP", `no site has streams of ${state.region}`);
  if (second === undefined) return holder;
  throw new RegionError(
    "REGION_UNDECIDED",
    `${holders.map(({ site }) => site).join(" and ")} have streams of their own`,
  );
}
