import type { Config } from "@p4/config";
import type { ChannelNodeOptions } from "@p4/app";
import type { Logger } from "@p4/telemetry";
import type { AdmissionOptions } from "./admission/admission-control.ts";
import type { EdgeLimits } from "./edge-limits.ts";
import type { JoinPolicy } from "./join-policy.ts";

export interface EdgeOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** The broker to use instead of the configured one: the embedded server's address. */
  readonly natsUrl: string;
  /** Called before it listens: what has its address until then leaves it. */
  readonly beforeListen?: () => void;
  /** Rebuild each actor from its log before each command. */
  readonly alwaysReplay?: boolean;
  /** See `ChannelNodeOptions`. */
  readonly groupCommit?: NonNullable<ChannelNodeOptions["groupCommit"]>;
  /** See `ChannelNodeOptions`. */
  readonly watchesClock?: boolean;
  /** Other limits than those of the configuration and the constants, for tests. */
  readonly limits?: Partial<EdgeLimits>;
  readonly admission?: Partial<AdmissionOptions>;
  /** Puts something between the actors and the broker, for failure tests. */
  readonly wrap?: NonNullable<ChannelNodeOptions["wrap"]>;
}

export function joinPolicyOf(config: Config): JoinPolicy {
  return config.joinPolicy === "token"
    ? { kind: "token", secrets: config.joinSecrets ?? [] }
    : { kind: config.joinPolicy };
}
