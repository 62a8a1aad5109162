import type { HttpRequest } from "uWebSockets.js";

/** Why a request with a WebSocket key cannot become a WebSocket: the status and headers of RFC 6455 section 4.2.2. */
export interface HandshakeFault {
  readonly status: 426;
  readonly code: "HTTP_UPGRADE_REQUIRED" | "HTTP_WEBSOCKET_VERSION";
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The one version of RFC 6455. */
const webSocketVersion = "13";

const upgradeRequired = (detail: string): HandshakeFault => ({
  status: 426,
  code: "HTTP_UPGRADE_REQUIRED",
  detail,
  headers: { upgrade: "websocket" },
});
const noConnectionUpgrade = upgradeRequired(
  'the header Connection must contain "upgrade" and not "close": a proxy in front has to pass Upgrade and Connection on',
);
const noUpgrade = upgradeRequired(
  'the header Upgrade must contain "websocket": a proxy in front has to pass Upgrade and Connection on',
);
const otherVersion: HandshakeFault = {
  status: 426,
  code: "HTTP_WEBSOCKET_VERSION",
  detail: `the header Sec-WebSocket-Version must be ${webSocketVersion}`,
  headers: { upgrade: "websocket", "sec-websocket-version": webSocketVersion },
};

/**
 * Null, or why no WebSocket may come of this request. uWS asks for the key alone. It even answers 101 to a request with
 * `Connection: close`, which proxies send that do not know of the upgrade, and then ends the connection without any
 * callback: its socket would count and hold its role until the process ends.
 */
export function handshakeFault(request: HttpRequest): HandshakeFault | null {
  // What nearly every client sends, at the cost of three look-ups; the rest is read in full.
  if (!isPlainHandshake(request)) {
    const connection = tokens(request, "connection");
    if (!connection.has("upgrade") || connection.has("close")) return noConnectionUpgrade;
    if (!tokens(request, "upgrade").has("websocket")) return noUpgrade;
  }
  return request.getHeader("sec-websocket-version") === webSocketVersion ? null : otherVersion;
}

function isPlainHandshake(request: HttpRequest): boolean {
  return (
    request.getHeader("connection").toLowerCase() === "upgrade" &&
    request.getHeader("upgrade").toLowerCase() === "websocket"
  );
}

/** The members of a list header, in lower case; it may come in several lines. */
function tokens(request: HttpRequest, wanted: string): ReadonlySet<string> {
  const found = new Set<string>();
  request.forEach((name, value) => {
    if (name !== wanted) return;
    for (const token of value.split(",")) found.add(token.trim().toLowerCase());
  });
  return found;
}
