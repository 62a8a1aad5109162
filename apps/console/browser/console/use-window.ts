import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

export interface SeenRows {
  readonly rowHeight: number;
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

const overscan = 12;
const narrow = "(max-width: 56rem)";
/** The same heights as in the style sheet: fixed, so that a list of any length has its place at once. */
const heights = { wide: 68, narrow: 168 } as const;

/** Which rows of a long list the window shows, with some more on both sides. */
export function useWindow(body: RefObject<HTMLElement | null>, total: number): SeenRows {
  const look = (): SeenRows => {
    const rowHeight = matchMedia(narrow).matches ? heights.narrow : heights.wide;
    const top = body.current?.getBoundingClientRect().top ?? 0;
    const first = Math.max(0, Math.floor(-top / rowHeight) - overscan);
    const end = Math.min(total, Math.ceil((innerHeight - top) / rowHeight) + overscan);
    return { rowHeight, first: Math.min(first, Math.max(0, end - 1)), end: Math.max(end, 0) };
  };
  const [seen, setSeen] = useState<SeenRows>({ rowHeight: heights.wide, first: 0, end: 0 });
  useEffect(() => {
    const onChange = (): void =>
      setSeen((before) => {
        const now = look();
        const same = before.first === now.first && before.end === now.end && before.rowHeight === now.rowHeight;
        return same ? before : now;
      });
    onChange();
    addEventListener("scroll", onChange, { passive: true });
    addEventListener("resize", onChange);
    return () => {
      removeEventListener("scroll", onChange);
      removeEventListener("resize", onChange);
    };
  }, [total]);
  return seen;
}
