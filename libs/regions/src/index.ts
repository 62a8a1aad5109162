export {
  classInForce,
  compareRows,
  confirmersOf,
  copyClasses,
  currentRow,
  majorityOf,
  readRow,
  sameRow,
  type CopyClass,
  type RegionRow,
} from "./region-row.ts";
export { behindBy, copyAgeMs } from "./copy-lag.ts";
export { defaultLeaseMs, hasLease, Lease, outwaitMsOf } from "./lease.ts";
export {
  adoptingSubjects,
  deliverySubject,
  fencedSubject,
  homeSubjects,
  noEpoch,
  writtenSubject,
  type WrittenSubjects,
} from "./epoch-subject.ts";
export { gateVerdict, type GateVerdict } from "./gate-verdict.ts";
export { isRegionError, RegionError } from "./region-error.ts";
export {
  commonUpTo,
  forksOf,
  rowOf,
  type Fork,
  type RegionState,
  type SiteState,
  type StreamRole,
  type StreamState,
} from "./region-state.ts";
export type { Step, Tail } from "./step.ts";
export { roleText, type Plan } from "./plan.ts";
export { planClass } from "./plan-class.ts";
export { planCopy } from "./plan-copy.ts";
export { lossesOf, planFailover } from "./plan-failover.ts";
export { planReturn } from "./plan-return.ts";
export { freshMs, planSwitch } from "./plan-switch.ts";
