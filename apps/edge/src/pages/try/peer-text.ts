import { visibleText } from "@p4/protocol";

const maxLength = 2_000;

/** What a merchant or a miner wrote, as a page can show it whoever wrote it: its start, and nothing that steers. */
export function peerText(text: string): string {
  return visibleText(text.length > maxLength ? `${text.slice(0, maxLength)}…` : text, "\n");
}
