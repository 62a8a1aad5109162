import { lookup as resolveName } from "node:dns";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { webhookSignatureHeader } from "@p4/node-crypto";
import type { TargetPolicy } from "./target-policy.ts";
import type { Attempt } from "./webhook.ts";

export type WebhookAnswer = Pick<Attempt, "status" | "answer" | "error">;

export interface WebhookRequest {
  readonly url: string;
  readonly body: string;
  readonly signature: string;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

const timeoutMs = 10_000;
const maxAnswerBytes = 65_536;
const shownCharacters = 500;

/**
 * Posts the body and waits for the answer; redirects are not followed. The address that is connected to is the one that the policy has
 * looked at: a name that resolves to another one the next time leads nowhere else. Never throws.
 */
export function postWebhook(
  { url, body, signature, userAgent, signal }: WebhookRequest,
  policy: TargetPolicy,
): Promise<WebhookAnswer> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  // An address is not looked up.
  if (isIP(host) !== 0 && !policy.allows(host)) return Promise.resolve(failed(refusal(host)));
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": userAgent,
    [webhookSignatureHeader]: signature,
  };
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const sent = send(target, { method: "POST", headers, agent: false, lookup: checkedLookup(policy), signal: limit });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const reason = limit.aborted ? `no answer in ${timeoutMs / 1_000} s` : (error.code ?? error.message);
      resolve(failed(error instanceof RefusedTarget ? error.message : reason));
    });
    sent.on("response", (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      const finish = (): void => {
        const answer = Buffer.concat(parts).toString("utf8").slice(0, shownCharacters);
        resolve({ status: response.statusCode ?? null, answer, error: null });
      };
      response.on("data", (part: Buffer) => {
        parts.push(part);
        size += part.length;
        // The status is known; a longer body is not read.
        if (size > maxAnswerBytes) response.destroy();
      });
      response.on("close", finish);
      response.on("error", () => undefined);
    });
    sent.end(body);
  });
}

class RefusedTarget extends Error {}

function refusal(address: string): string {
  return `${address} is not a public address: payd/webhook-allow does not have it`;
}

function failed(error: string): WebhookAnswer {
  return { status: null, answer: "", error };
}

function checkedLookup(policy: TargetPolicy): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      const refused = addresses.find(({ address }) => !policy.allows(address));
      const [first] = addresses;
      if (refused !== undefined) return callback(new RefusedTarget(refusal(refused.address)), "", 0);
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
