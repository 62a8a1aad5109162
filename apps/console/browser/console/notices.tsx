import type { VNode } from "preact";
import { spanText } from "./words.ts";

interface StaleNoticeProps {
  /** Null: all is well. */
  readonly trouble: string | null;
  /** When what is shown was true. */
  readonly asOfMs: number;
}

/** Lies over the end of the page, so that nothing moves when it comes and goes. */
export function StaleNotice({ trouble, asOfMs }: StaleNoticeProps): VNode {
  return (
    <div role="status" class="stale">
      {trouble !== null && (
        <p class="notice warn">
          <strong>Not live at the moment.</strong> The reason: {trouble}.
          {asOfMs > 0 && ` What is shown is ${spanText(Math.max(1_000, Date.now() - asOfMs))} old.`} It goes on by
          itself.
        </p>
      )}
    </div>
  );
}
