import { InvalidArgumentError } from "commander";

/** An http(s) base address, without the slash at its end. */
export function urlArgument(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (protocol !== "http:" && protocol !== "https:")
    throw new InvalidArgumentError("It must be an http:// or https:// URL.");
  return text.replace(/\/+$/, "");
}

export function satoshisArgument(text: string): bigint {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number of satoshis, 1 or more.");
  return BigInt(text);
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `500ms`, `30s`, `10m`, `2h`: in ms. */
export function durationArgument(text: string): number {
  const parts = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must be a number with its unit: 500ms, 30s, 10m or 2h.");
  return Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs];
}
