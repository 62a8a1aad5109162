import type { RateLimit } from "./token-bucket.ts";
import type { UpgradeRefusal } from "./upgrade-refusal.ts";

export interface HubLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
  /** Upgrades being decided at the same time. */
  readonly maxUpgradesUnderWay: number;
  readonly upgradeRatePerIp: RateLimit;
}

const later = { status: 503, retryAfterSeconds: 1 } as const;
export const draining: UpgradeRefusal = {
  ...later,
  code: "HTTP_DRAINING",
  detail: "this server is shutting down; connect again",
};
export const full: UpgradeRefusal = {
  status: 503,
  retryAfterSeconds: 5,
  code: "HTTP_TOO_MANY_CONNECTIONS",
  detail: "the server is full; try again later",
};
export const badPath: UpgradeRefusal = {
  status: 400,
  code: "HTTP_BAD_PATH",
  detail: "the path has an empty part or invalid percent-encoding",
};
export const tooManyUnderWay: UpgradeRefusal = {
  ...later,
  code: "HTTP_TOO_MANY_UNDER_WAY",
  detail: "too many joins are under way; try again soon",
};

/** What one address is told. */
export function refusalsFor({ maxConnectionsPerIp, upgradeRatePerIp }: HubLimits) {
  const connections: UpgradeRefusal = {
    status: 429,
    retryAfterSeconds: 5,
    code: "HTTP_TOO_MANY_CONNECTIONS",
    detail: `at most ${String(maxConnectionsPerIp)} connections from one address`,
  };
  const joins: UpgradeRefusal = {
    status: 429,
    retryAfterSeconds: 1,
    code: "HTTP_TOO_MANY_JOINS",
    detail: `at most ${String(upgradeRatePerIp.perSecond)} joins a second`,
  };
  return { connections, joins };
}

/** Every refusal of this library, for descriptions. With 426 there is no handshake, and so nothing that could be closed. */
export const upgradeErrors: readonly Pick<UpgradeRefusal, "status" | "code" | "detail">[] = [
  badPath,
  { status: 426, code: "HTTP_UPGRADE_REQUIRED", detail: "the headers Connection and Upgrade ask for a WebSocket" },
  { status: 426, code: "HTTP_WEBSOCKET_VERSION", detail: "the header Sec-WebSocket-Version is 13" },
  { status: 429, code: "HTTP_TOO_MANY_CONNECTIONS", detail: "one address has as many connections as it may have" },
  { status: 429, code: "HTTP_TOO_MANY_JOINS", detail: "one address joins too often" },
  full,
  tooManyUnderWay,
  draining,
];
