import { isIP } from "node:net";
import type { TargetPolicy } from "./target-policy.ts";

const maxUrlLength = 2_048;

/** Of one sender. */
export const maxWebhooks = 16;

const rules = {
  form: `must be an http:// or https:// URL of at most ${maxUrlLength} characters, without a login and a fragment`,
  address: "must lead to a public address, or to one that payd/webhook-allow has",
} as const;

/** The URL of a webhook as it is stored, or the rule that the text breaks. */
export function readTarget(text: unknown, policy: TargetPolicy): { readonly url: string } | { readonly rule: string } {
  const isUrl = typeof text === "string" && text.length <= maxUrlLength && URL.canParse(text);
  if (!isUrl) return { rule: rules.form };
  const { protocol, username, password, hash, hostname, href } = new URL(text);
  const isPlain = username === "" && password === "" && hash === "";
  if (!["http:", "https:"].includes(protocol) || !isPlain) return { rule: rules.form };
  const address = hostname.replace(/^\[|\]$/g, "");
  // A name is looked up at each delivery.
  if (isIP(address) !== 0 && !policy.allows(address)) return { rule: rules.address };
  return { url: href };
}
