import { awaitsHeaders } from "./header-source.ts";
import type { Config } from "./config.ts";
import type { AppName } from "./setting.ts";

/** What works, but leaves a door open that an operator may not know of: one sentence each. `apps`: those that start here. */
export function* warningsOf(config: Config, apps: readonly AppName[]): Iterable<string> {
  const takesProofs = apps.includes("edge") || apps.includes("proof-ingest");
  if (takesProofs && !areProofsProtected(config)) {
    yield (
      "for trials only: anyone who knows a channel's id can compute a proof that settles it; before real payments " +
      "set P4_HEADER_SOURCE, P4_CALLBACK_TOKEN, or P4_SIGNATURE_POLICY=trusted-keys"
    );
  }
  if (apps.includes("edge") && config.joinPolicy !== "token" && !isLoopback(config.host)) {
    yield (
      `P4_JOIN_POLICY=${config.joinPolicy} on ${config.host}: anyone who knows or guesses a channel's id may join it, ` +
      "also as its merchant; P4_JOIN_POLICY=token asks for a signed token"
    );
  }
}

function areProofsProtected({ headerSource, callbackToken, signaturePolicy }: Config): boolean {
  return awaitsHeaders(headerSource) || callbackToken !== null || signaturePolicy === "trusted-keys";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
