import type { VNode } from "preact";
import { momentText } from "./time-text.ts";

/** A moment in the viewer's zone, with the exact value at hand. */
export function Moment({ atMs }: { readonly atMs: number }): VNode {
  const exact = new Date(atMs).toISOString();
  return (
    <time dateTime={exact} title={exact}>
      {momentText(atMs)}
    </time>
  );
}
