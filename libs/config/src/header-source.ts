import type { Parser } from "./parsers.ts";
import { httpUrl } from "./urls.ts";

/** Where block headers come from. */
export type HeaderSourceConfig =
  | { readonly kind: "none" }
  | { readonly kind: "file"; readonly path: string }
  /** `isAssumed`: not named by the operator, but the development miner that runs beside. */
  | { readonly kind: "miner"; readonly url: string; readonly isAssumed?: true }
  | { readonly kind: "bhs"; readonly url: string }
  | { readonly kind: "woc"; readonly network: "main" | "test" };

/**
 * Whether a proof settles nothing before the source knows its block. The development miner's chain holds what it mined
 * itself: who tries other proofs beside it must see them settle.
 */
export function awaitsHeaders(source: HeaderSourceConfig): boolean {
  return source.kind !== "none" && !(source.kind === "miner" && source.isAssumed === true);
}

/** `none`, `file:<path>`, `miner:<url>`, `bhs:<url>`, `woc:main`, `woc:test`. */
export const headerSource: Parser<HeaderSourceConfig> = {
  rule: "none, file:<path>, miner:<url>, bhs:<url> (Block Headers Service) or woc:<main|test> (WhatsOnChain)",
  mayHoldPassword: true,
  parse(text) {
    if (text === "none") return { kind: "none" };
    const colon = text.indexOf(":");
    const kind = text.slice(0, colon);
    const rest = text.slice(colon + 1);
    if (colon < 0 || rest === "") return undefined;
    if (kind === "file") return { kind, path: rest };
    if (kind === "woc") return rest === "main" || rest === "test" ? { kind, network: rest } : undefined;
    if (kind !== "miner" && kind !== "bhs") return undefined;
    const address = httpUrl.parse(rest);
    return address === undefined ? undefined : { kind, url: address };
  },
  format(source) {
    switch (source.kind) {
      case "none":
        return source.kind;
      case "file":
        return `file:${source.path}`;
      case "woc":
        return `woc:${source.network}`;
      case "miner":
      case "bhs":
        return `${source.kind}:${source.url}`;
    }
  },
};
