import { awaitsHeaders } from "@p4/config";
import { HeaderWatch } from "@p4/proofs";
import type { ChannelNode } from "./open-channel-node.ts";
import { proofServicesOf, type ProofConfig } from "./proof-routes-of.ts";

const lookEveryMs = 2_000;

/**
 * Looks after the proofs whose block the header source does not know yet, until the returned function is called. Without
 * a header source that proofs wait for there is nothing to look for. A round that fails is tried again with the next.
 */
export function watchHeaders(
  node: Pick<ChannelNode, "registry" | "proofs" | "strayProofs">,
  config: ProofConfig,
  onError: (error: unknown) => void,
): () => void {
  if (!awaitsHeaders(config.headerSource)) return () => undefined;
  const watch = new HeaderWatch(proofServicesOf(node, config));
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    watch
      .look()
      .catch(onError)
      .finally(() => (busy = false));
  }, lookEveryMs).unref();
  return () => clearInterval(timer);
}
