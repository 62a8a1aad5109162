import { noEpoch } from "./epoch-subject.ts";
import type { Lease } from "./lease.ts";

/** What a guard knows of its site. */
export interface GateView {
  /** What the sites' tables have said. */
  readonly lease: Lease;
  /** On the lease's clock. */
  readonly nowMs: number;
  /** The epoch in which streams of this site take writes; null: none does; undefined: the broker has not said. */
  readonly listening: number | null | undefined;
  /** The last verdict, unless the server was started since: it then begins shut. */
  readonly isOpen: boolean;
  /** When no home was here, last: what came since is an operator's work. Null: this guard has seen a home here all the time. */
  readonly noHomeAtMs: number | null;
  /** An operator vouches that no other site has taken over. Counts with two sites only. */
  readonly alone: boolean;
}

export interface GateVerdict {
  readonly gate: "open" | "shut";
  /** The epoch that is written in here; null: no home is here. */
  readonly epoch: number | null;
  /** For people: the rule that decided. */
  readonly why: string;
}

/**
 * Whether the brokers of a site may take writes. A home needs the word of most of the sites that they know of no later one;
 * where nothing takes writes the gate is open, so that a home that is moved there need not wait for it. Pure.
 */
export function gateVerdict(view: GateView): GateVerdict {
  const { lease, nowMs, listening } = view;
  const own = lease.ownRow;
  if (own === undefined) return shut(listening ?? null, "the site's own table has not answered");
  if (listening === undefined) return shut(null, "the broker has not said whether its streams take writes");
  if (listening === null && own !== null && own.home !== lease.rules.own) {
    return open(null, `no home is here, it is at ${own.home}`);
  }
  // A table that names this site before its streams are promoted, or while they are fenced, is asked for as a home's.
  const epoch = listening ?? own?.epoch ?? noEpoch;
  const later = lease.deposedBy(epoch);
  if (later !== null) return shut(shown(epoch), `a later home is known: ${lease.latest?.home ?? "?"}, epoch ${later}`);
  if (lease.confirmedMs(epoch, nowMs) > 0) {
    const by = lease.confirmedBy(epoch, nowMs).join(", ");
    return epoch === noEpoch
      ? open(null, `the region has no table of homes yet, as ${by} say`)
      : open(epoch, `epoch ${epoch} is confirmed by ${by}`);
  }
  return unconfirmed(view, epoch);
}

function unconfirmed({ lease, nowMs, isOpen, noHomeAtMs, alone }: GateView, epoch: number): GateVerdict {
  if (!lease.isOn && alone) return open(shown(epoch), "an operator vouches that the other site has not taken over");
  if (!lease.isOn && isOpen) return open(shown(epoch), "of two sites, a home that is cut off goes on");
  const isMoving = noHomeAtMs !== null && nowMs < noHomeAtMs + lease.rules.leaseMs;
  if (isOpen && isMoving) return open(shown(epoch), "it has just become the home");
  const { sites } = lease.rules;
  const by = lease.confirmedBy(epoch, nowMs);
  const silent = sites.filter((site) => !by.includes(site)).join(", ");
  return shut(shown(epoch), `${by.length} of ${sites.length} sites confirm epoch ${epoch}, not ${silent}`);
}

const shown = (epoch: number): number | null => (epoch === noEpoch ? null : epoch);
const open = (epoch: number | null, why: string): GateVerdict => ({ gate: "open", epoch, why });
const shut = (epoch: number | null, why: string): GateVerdict => ({ gate: "shut", epoch, why });
