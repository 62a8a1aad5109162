import type { ProofRouteOptions } from "@p4/proofs";
import { parseTraceparent } from "@p4/telemetry";
import type { ChannelTracing } from "./channel-tracing.ts";

/** A span for each callback of a miner, and one in it for each command that it leads to. */
export function traceProofs(
  tracing: ChannelTracing,
  registry: ProofRouteOptions["registry"],
): NonNullable<ProofRouteOptions["trace"]> {
  return ({ headers }) => {
    const span = tracing.start("receive proof callback", "server", parseTraceparent(headers.get("traceparent")));
    return {
      registry: {
        read: (channelId) => registry.read(channelId),
        readEvent: (channelId, streamVersion) => registry.readEvent(channelId, streamVersion),
        follow: (channelId, listener, options) => registry.follow(channelId, listener, options),
        begin: (channelId) => {
          const to = { channelId, submit: registry.begin(channelId) };
          return (command) => {
            const options = { name: `submit ${command.type}`, kind: "internal", parent: span.context } as const;
            return tracing.submit(options, command, to);
          };
        },
      },
      end: (refusal) => span.end(refusal === null ? {} : { error: refusal }),
    };
  };
}
