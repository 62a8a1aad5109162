import type { ChannelHead } from "./evidence-contents.ts";

// Each kind of signature is over a text of its own form: none can be passed off as another.

/** What the operator signs when a file is exported. */
export function manifestStatement(manifestSha256: string): string {
  return `p4-evidence/1 ${manifestSha256}`;
}

/** What a second party signs: the conversation up to this event, independent of the exporter. */
export function headStatement({ channelId, streamVersion, headHash }: ChannelHead): string {
  return `p4-head/1 ${channelId} ${streamVersion} ${headHash}`;
}

/** What the operator signs of all channels at once. */
export function anchorStatement(anchor: { anchoredAtMs: number; leafCount: number; root: string }): string {
  return `p4-anchor/1 ${anchor.anchoredAtMs} ${anchor.leafCount} ${anchor.root}`;
}
