import type { AwayReport, PathReport } from "./away.ts";

/** Round trips between the sites that a wallet away from home may need beyond one at home. */
export const mostMore = { join: 1, payment: 2.5 } as const;
/** Of a round trip: the work of those that a wallet meets on its way, beside the distance. */
export const allowedForWork = 0.25;

/** The same for one path, as measured. */
export interface RoundTripsMore {
  readonly join: number;
  readonly payment: number;
}

export function roundTripsMore({ paths, delayMs }: AwayReport, path: PathReport["path"]): RoundTripsMore {
  const [near, far] = [find(paths, "home"), find(paths, path)];
  const roundTripMs = 2 * delayMs;
  return {
    join: (far.joinMs - near.joinMs) / roundTripMs,
    payment: (far.paymentMs - near.paymentMs) / roundTripMs,
  };
}

/** Wallets are redirected; an edge that serves from afar is measured beside. */
export function isAwayKept(report: AwayReport): boolean {
  const { join, payment } = roundTripsMore(report, "redirected");
  return join <= mostMore.join + allowedForWork && payment <= mostMore.payment;
}

export function awayText(report: AwayReport): string {
  const { payments, delayMs, paths } = report;
  const served = roundTripsMore(report, "served");
  const redirected = roundTripsMore(report, "redirected");
  const most = `(at most ${String(mostMore.join)}, and ${String(allowedForWork)} for the work)`;
  return [
    `two sites ${String(2 * delayMs)} ms apart (there and back), ${String(payments)} payments by each path; medians`,
    "",
    row("", "join", "payment"),
    ...paths.map(({ path, joinMs, paymentMs }) => row(titles[path], msText(joinMs), msText(paymentMs))),
    "",
    "round trips more than at home",
    `  ${titles.redirected}: a join ${redirected.join.toFixed(1)} ${most}, a payment ${redirected.payment.toFixed(1)} (at most ${String(mostMore.payment)})`,
    `  ${titles.served}: a join ${served.join.toFixed(1)}, a payment ${served.payment.toFixed(1)} (for comparison)`,
    isAwayKept(report) ? "kept" : "NOT kept",
  ].join("\n");
}

const titles = {
  home: "customer near the home",
  redirected: "away, redirected to the home's edge",
  served: "away, served by an edge there",
} as const;

function find(paths: AwayReport["paths"], wanted: PathReport["path"]): PathReport {
  const found = paths.find(({ path }) => path === wanted);
  if (found === undefined) throw new Error(`no payment went by ${wanted}`);
  return found;
}

const msText = (ms: number): string => `${ms.toFixed(1)} ms`;
const row = (what: string, join: string, payment: string): string =>
  `  ${what.padEnd(38)}${join.padStart(10)}${payment.padStart(12)}`;
