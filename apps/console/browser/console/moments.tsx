import { momentText } from "@p4/pages/view";
import type { VNode } from "preact";
import { spanText } from "./words.ts";

/** How long ago, with the moment in the viewer's zone and the exact value at hand. */
export function Ago({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }): VNode {
  const exact = new Date(atMs).toISOString();
  const text = spanText(Math.max(0, nowMs - atMs));
  return (
    <time dateTime={exact} title={`${momentText(atMs)} (${exact})`}>
      {text === "now" ? text : `${text} ago`}
    </time>
  );
}
