export type { Check, Need } from "./check.ts";
export { allChecks, checkGroups, type CheckGroup } from "./checks/index.ts";
export { encodeFrame, FrameReader, opcodes, type WebSocketFrame } from "./raw/web-socket-frames.ts";
export type { ConnectTcp, TcpAddress, TcpConnection, TcpListener } from "./raw/tcp.ts";
export { runChecks, type RunOptions } from "./run-checks.ts";
export type { CheckResult, Outcome, ScoreCard } from "./score-card.ts";
export { httpBaseOf, readSocketBase, type Target } from "./target.ts";
