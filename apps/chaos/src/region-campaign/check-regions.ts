import type { Sha256Hex } from "@p4/channel";
import { check } from "../checker/check.ts";
import { walletMessageId } from "../checker/check-delivery.ts";
import { decodeChannels } from "../checker/decode-channels.ts";
import type { CheckLimits, Violation, ViolationCode } from "../checker/history.ts";
import { checkCopies } from "./check-copies.ts";
import { checkHomes } from "./check-homes.ts";
import { deposedLogs, type DeposedLog } from "./deposed-logs.ts";
import { acknowledgements, type Acknowledgement } from "./acknowledgements.ts";
import type { RegionHistory } from "./region-history.ts";

/**
 * Pure: every broken promise of a region that has moved. The last home's log has to keep what any log promises, but for what
 * a home that was given up had alone, in the class `async`: that has to be in the files of `return`.
 */
export function checkRegions(history: RegionHistory, limits: CheckLimits, sha256Hex: Sha256Hex): Violation[] {
  const deposed = deposedLogs(history);
  const acknowledged = acknowledgements(history.records);
  const excusing = history.class === "sync" ? [] : deposed.filter(({ isGivenUp }) => isGivenUp);
  return [
    ...unexcused(check(history, limits, sha256Hex), excusing, history, limits, sha256Hex),
    ...checkHomes(history, deposed, acknowledged),
    ...acknowledgedAfterLease(history, deposed, acknowledged),
    ...tailsWithoutFailover(deposed),
    ...checkCopies(history),
    ...history.notWhole.map((detail): Violation => ({ code: "NOT_WHOLE", channelId: "", detail })),
  ];
}

/** What a deposed home that has said it still has. */
const keptThere: readonly ViolationCode[] = ["LOST_ACKNOWLEDGED", "LOST_DELIVERED", "OUTCOMES_DIFFER"];
/** A wallet that has heard the one home and then the other: sequences go back. */
const heardTwoHomes: readonly ViolationCode[] = ["OUT_OF_ORDER", "GAP"];

function unexcused(
  violations: readonly Violation[],
  excusing: readonly DeposedLog[],
  history: RegionHistory,
  limits: CheckLimits,
  sha256Hex: Sha256Hex,
): Violation[] {
  const named = new Set(excusing.flatMap(({ log }) => [...log.keys()]));
  const views = excusing.map(({ log }) => {
    const found = check({ ...history, log }, limits, sha256Hex).filter(({ code }) => keptThere.includes(code));
    return { log, found: new Set(found.map(identityOf)) };
  });
  return violations.filter((violation) => {
    const { code, channelId } = violation;
    if (heardTwoHomes.includes(code)) return !named.has(channelId);
    if (!keptThere.includes(code)) return true;
    return !views.some(({ log, found }) => log.has(channelId) && !found.has(identityOf(violation)));
  });
}

/** What the log says differs from view to view; a channel has one payment. */
const identityOf = ({ code, channelId, detail }: Violation): string =>
  `${code} ${channelId} ${code === "OUTCOMES_DIFFER" ? "" : detail}`;

/** A site that hears of no other one acknowledges nothing that it has stored after its lease, until it hears of one again. */
function acknowledgedAfterLease(
  { isolations, leaseMs, siteOfEdge, log }: RegionHistory,
  deposed: readonly DeposedLog[],
  acknowledged: readonly Acknowledgement[],
): Violation[] {
  const last = decodeChannels(log);
  const own = deposed.map((each) => ({ site: each.site, channels: decodeChannels(each.log) }));
  return acknowledged.flatMap(({ channelId, messageId, sequence, atMs, edge }): Violation[] => {
    const site = siteOfEdge.get(edge);
    const isolation = isolations.find((each) => each.site === site && each.fromMs < atMs && atMs < each.untilMs);
    if (isolation === undefined) return [];
    const overAtMs = isolation.fromMs + leaseMs;
    // What the site itself had counts first: its successor may have stored the repeated message at the same sequence.
    const stored = [...own.flatMap((each) => (each.site === site ? [each.channels] : [])), last]
      .map((channels) => channels.get(channelId)?.byVersion.get(sequence))
      .find((event) => walletMessageId(event) === messageId);
    if (stored === undefined || stored.storedAtMs <= overAtMs) return [];
    const detail = `${messageId} at ${String(sequence)}, stored at ${String(site)} ${String(stored.storedAtMs - overAtMs)} ms after its lease`;
    return [{ code: "ACKNOWLEDGED_AFTER_LEASE", channelId, detail }];
  });
}

/** A home that is moved, not given up, has nothing that its successor lacks. */
function tailsWithoutFailover(deposed: readonly DeposedLog[]): Violation[] {
  return deposed.flatMap(({ site, endedBy, isGivenUp, tail }): Violation[] => {
    if (isGivenUp) return [];
    const detail = `${String(tail.length)} events that only ${site} had, left out of epoch ${String(endedBy)}`;
    return [{ code: "TAIL_WITHOUT_FAILOVER", channelId: tail[0]?.channelId ?? "", detail }];
  });
}
