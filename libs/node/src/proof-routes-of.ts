import type { Config } from "@p4/config";
import { createHeaderSource } from "@p4/headers";
import { constantTimeEqual, nodeCrypto } from "@p4/node-crypto";
import { proofRoutes, ProofStore, type ProofRoute, type ProofRouteOptions, type ProofRules } from "@p4/proofs";
import { trustedKeys, type SignaturePolicy } from "@p4/spv";
import type { ChannelNode } from "./open-channel-node.ts";

export type ProofConfig = Pick<
  Config,
  "headerSource" | "headerPolicy" | "signaturePolicy" | "trustedKeys" | "callbackToken"
>;

/** The fastest miners wait one second for the answer to a callback; storing it needs some of that second too. */
const headerTimeoutMs = 800;

/** The routes for miners' callbacks over a node: the same whether an app of their own serves them or the edge does. */
export function proofRoutesOf(
  node: Pick<ChannelNode, "registry" | "proofs">,
  config: ProofConfig,
  hooks: Pick<ProofRouteOptions, "onCallback" | "onError">,
): ProofRoute[] {
  return proofRoutes({
    registry: node.registry,
    store: new ProofStore(node.proofs),
    rules: proofRulesOf(config),
    nowMs: Date.now,
    isAuthorized: authorizationOf(config.callbackToken),
    ...hooks,
  });
}

/** How callbacks are judged. */
export function proofRulesOf(config: Omit<ProofConfig, "callbackToken">): ProofRules {
  return {
    signaturePolicy: signaturePolicyOf(config),
    headerPolicy: config.headerPolicy,
    headers: createHeaderSource(config.headerSource, { timeoutMs: headerTimeoutMs }),
    crypto: nodeCrypto,
  };
}

function signaturePolicyOf({
  signaturePolicy,
  trustedKeys: keys,
}: Pick<ProofConfig, "signaturePolicy" | "trustedKeys">): SignaturePolicy {
  return signaturePolicy === "trusted-keys" ? trustedKeys(keys ?? []) : { kind: signaturePolicy };
}

/** mAPI sends the token that it was given as it is, ARC puts `Bearer` before it: both forms of the same secret. */
function authorizationOf(token: string | null): (authorization: string) => boolean {
  if (token === null) return () => true;
  return (authorization) => constantTimeEqual(authorization.replace(/^Bearer +/i, ""), token);
}
