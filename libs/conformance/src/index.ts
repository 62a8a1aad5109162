export type { Check } from "./check.ts";
export { allChecks } from "./checks/index.ts";
export { encodeFrame, FrameReader, opcodes } from "./raw/web-socket-frames.ts";
export type { ConnectTcp } from "./raw/tcp.ts";
export { runChecks, type RunOptions } from "./run-checks.ts";
export type { CheckResult, Outcome, ScoreCard } from "./score-card.ts";
export { httpBaseOf, readSocketBase, type Target } from "./target.ts";
