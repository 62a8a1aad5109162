import { sha256Hex } from "@p4/node-crypto";
import { check } from "../checker/check.ts";
import type { CheckLimits, History, Violation } from "../checker/history.ts";
import { unfinishedPayments, type UnfinishedPayment } from "../checker/unfinished-payments.ts";

export interface SteadyFaults {
  readonly failedPayments: readonly UnfinishedPayment[];
  readonly violations: readonly Violation[];
}

/** What went wrong with payments of which each has a channel of its own. */
export function judgeSteady(history: History, channelIds: readonly string[], limits: CheckLimits): SteadyFaults {
  return {
    failedPayments: unfinishedPayments(history, channelIds),
    violations: check(history, limits, sha256Hex),
  };
}
