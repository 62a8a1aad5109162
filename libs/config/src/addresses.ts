import type { Config } from "./config.ts";

/** Where each program is reached, without a slash at the end. */
export interface Addresses {
  /** http or https; wallets use the same with ws or wss. */
  readonly publicUrl: string;
  readonly publicSocketUrl: string;
  readonly callbackUrl: string;
  readonly paydUrl: string;
  readonly minerUrl: string;
}

/**
 * The configured URLs, or those that follow from host and ports. When a port is 0, pass the one really in use.
 * Edges take proof callbacks as well, so miners call the public URL where there is one. A host that means "every address" (0.0.0.0, ::) is reached by loopback.
 */
export function addressesOf(
  config: Config,
  inUse: Partial<Pick<Config, "port" | "proofPort" | "paydPort" | "minerPort">> = {},
): Addresses {
  const reachable = config.host === "0.0.0.0" ? "127.0.0.1" : config.host === "::" ? "::1" : config.host;
  const host = reachable.includes(":") ? `[${reachable}]` : reachable;
  const at = (port: number): string => `http://${host}:${String(port)}`;
  const publicUrl = config.publicUrl ?? at(inUse.port ?? config.port);
  return {
    publicUrl,
    publicSocketUrl: publicUrl.replace(/^http/, "ws"),
    callbackUrl: config.publicUrl ?? at(inUse.proofPort ?? config.proofPort),
    paydUrl: config.paydUrl ?? at(inUse.paydPort ?? config.paydPort),
    minerUrl: config.minerUrl ?? at(inUse.minerPort ?? config.minerPort),
  };
}
