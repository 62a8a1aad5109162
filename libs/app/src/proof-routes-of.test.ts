import { loadConfig, type Config } from "@p4/config";
import { createInMemoryStore } from "@p4/event-store";
import type { ProofRequest } from "@p4/proofs";
import { signEnvelope } from "@p4/spv";
import { describe, expect, it } from "vitest";
import type { ChannelNode } from "./open-channel-node.ts";
import { proofRoutesOf } from "./proof-routes-of.ts";

const txid = "1a".repeat(32);
const token = "0123456789abcdef";
const payload = JSON.stringify({ callbackPayload: {}, callbackTxId: txid, callbackReason: "merkleProof" });
const unsigned = JSON.stringify({ payload, signature: null, publicKey: null, encoding: "UTF-8" });
const signed = signEnvelope(payload, "11".repeat(32));
const { publicKey } = JSON.parse(signed) as { publicKey: string };

/** The code of the refusal of a callback with an empty proof, under this environment. */
async function refusalUnder(
  environment: Record<string, string> | Config,
  { headers = {}, body = unsigned }: { headers?: Record<string, string>; body?: string },
): Promise<string> {
  const refusals: (string | null)[] = [];
  // No callback here gets as far as the channel.
  const memory = createInMemoryStore();
  const registry = {} as ChannelNode["registry"];
  const node = { registry, proofs: memory.documents("proofs"), strayProofs: memory.documents("strays") };
  const hooks = {
    tracing: null,
    onCallback: (refusal: string | null) => refusals.push(refusal),
    onError: () => undefined,
  };
  const routes = proofRoutesOf(node, configOf(environment), hooks);
  const request: ProofRequest = {
    params: { txid },
    query: new URLSearchParams({ i: "inv0000001" }),
    headers: new Map(Object.entries(headers)),
    body: new TextEncoder().encode(body),
  };
  await routes.find(({ method, path }) => method === "POST" && path === "/proofs/:txid")?.handle(request);
  return String(refusals[0]);
}

function configOf(environment: Record<string, string> | Config): Config {
  return "headerSource" in environment ? (environment as Config) : loadConfig(environment);
}

describe("proofRoutesOf", () => {
  const secret = { P4_CALLBACK_TOKEN: token };
  const bearer = { headers: { authorization: `Bearer ${token}` } };
  const required = { ...secret, P4_SIGNATURE_POLICY: "require" };
  const trusting = (keys: string) => ({ ...secret, P4_SIGNATURE_POLICY: "trusted-keys", P4_TRUSTED_KEYS: keys });
  const arc = { body: JSON.stringify({ txid, txStatus: "MINED", merklePath: "00" }) };

  it.each([
    ["without a configured token", {}, {}, "SPV_PROOF_INVALID"],
    ["with ARC's form of the token", secret, bearer, "SPV_PROOF_INVALID"],
    ["with mAPI's form of the token", secret, { headers: { authorization: token } }, "SPV_PROOF_INVALID"],
    ["without the token", secret, {}, "PROOF_TOKEN"],
    ["with another token", secret, { headers: { authorization: `Bearer ${token}0` } }, "PROOF_TOKEN"],
    ["without a required signature", required, bearer, "SPV_ENVELOPE_UNSIGNED"],
    ["of a trusted key", trusting(publicKey.toUpperCase()), { ...bearer, body: signed }, "SPV_PROOF_INVALID"],
    ["of another key", trusting(`02${"ab".repeat(32)}`), { ...bearer, body: signed }, "SPV_PUBLIC_KEY_NOT_TRUSTED"],
    ["of ARC where nothing is asked for", {}, arc, "SPV_BUMP_INVALID"],
    ["of ARC with the token where signatures are asked for", required, { ...bearer, ...arc }, "SPV_BUMP_INVALID"],
    ["of ARC without the token where signatures are asked for", required, arc, "PROOF_TOKEN"],
  ])("judges a callback %s", async (_, environment, callback, refusal) => {
    expect(await refusalUnder(environment, callback)).toBe(refusal);
  });

  it("takes nothing of ARC where signatures are asked for and no token is set, were such a server to start", async () => {
    const config = { ...loadConfig(required), callbackToken: null };
    expect(await refusalUnder(config, arc)).toBe("SPV_ENVELOPE_UNSIGNED");
  });
});
