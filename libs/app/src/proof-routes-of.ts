import { awaitsHeaders, type Config } from "@p4/config";
import { createHeaderSource } from "@p4/headers";
import { constantTimeEqual, nodeCrypto } from "@p4/node-crypto";
import {
  proofRoutes,
  ProofStore,
  WaitingProofs,
  type ProofRoute,
  type ProofRouteOptions,
  type ProofRules,
  type RecordServices,
} from "@p4/proofs";
import { trustedKeys, type SignaturePolicy } from "@p4/spv";
import type { ChannelNode } from "./open-channel-node.ts";
import type { ChannelTracing } from "./tracing/channel-tracing.ts";
import { traceProofs } from "./tracing/trace-proofs.ts";

export type ProofConfig = Pick<
  Config,
  "headerSource" | "headerPolicy" | "signaturePolicy" | "trustedKeys" | "callbackToken"
>;

export interface ProofHooks extends Pick<ProofRouteOptions, "onCallback" | "onError"> {
  readonly tracing: ChannelTracing | null;
}

/** The fastest miners wait one second for the answer to a callback; storing it needs some of that second too. */
const headerTimeoutMs = 800;

/** The routes for miners' callbacks over a node: the same whether an app of their own serves them or the edge does. */
export function proofRoutesOf(
  node: Pick<ChannelNode, "registry" | "proofs" | "strayProofs">,
  config: ProofConfig,
  { tracing, ...hooks }: ProofHooks,
): ProofRoute[] {
  const isAuthorized = authorizationOf(config.callbackToken);
  const trace = tracing === null ? {} : { trace: traceProofs(tracing, node.registry) };
  return proofRoutes({ ...proofServicesOf(node, config), isAuthorized, ...hooks, ...trace });
}

/** What recording a callback's facts needs. */
export function proofServicesOf(
  node: Pick<ChannelNode, "registry" | "proofs" | "strayProofs">,
  config: ProofConfig,
): RecordServices {
  return {
    registry: node.registry,
    store: new ProofStore(node.proofs, node.strayProofs),
    waiting: new WaitingProofs(node.proofs),
    rules: proofRulesOf(config),
    nowMs: Date.now,
  };
}

/** How callbacks are judged. */
function proofRulesOf(config: ProofConfig): ProofRules {
  return {
    signaturePolicy: signaturePolicyOf(config),
    // The configuration demands a token there; this door stays closed without one all the same.
    takesUnsignedArc: config.signaturePolicy === "verify-if-signed" || config.callbackToken !== null,
    headerPolicy: config.headerPolicy,
    headers: createHeaderSource(config.headerSource, { timeoutMs: headerTimeoutMs }),
    awaitsHeaders: awaitsHeaders(config.headerSource),
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
