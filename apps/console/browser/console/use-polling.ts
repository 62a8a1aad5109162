import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "./ask-api.ts";

export interface Polled<T> {
  /** The last one that came; kept while others fail. */
  readonly value: T | null;
  /** When it came. */
  readonly atMs: number;
  /** Why there is no newer one; null: all is well. */
  readonly trouble: { readonly status: number; readonly text: string } | null;
  /** Asks at once. */
  readonly again: () => void;
}

const everyMs = 2_000;

/** Polls while the page is visible, and at once when `key` changes. */
export function usePolling<T>(key: string, ask: () => Promise<Answer<T>>): Polled<T> {
  const [polled, setPolled] = useState<Omit<Polled<T>, "again">>({ value: null, atMs: 0, trouble: null });
  const latest = useRef(ask);
  latest.current = ask;
  const wake = useRef<() => void>(() => undefined);

  useEffect(() => {
    let [isOver, timer] = [false, 0];
    const turn = async (): Promise<void> => {
      clearTimeout(timer);
      const answer = await latest.current();
      if (isOver) return;
      setPolled((before) =>
        answer.ok
          ? { value: answer.value, atMs: Date.now(), trouble: null }
          : { ...before, trouble: { status: answer.status, text: answer.text } },
      );
      if (!document.hidden) timer = window.setTimeout(() => void turn(), everyMs);
    };
    const onVisible = (): void => void (document.hidden || turn());
    wake.current = () => void turn();
    document.addEventListener("visibilitychange", onVisible);
    void turn();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [key]);
  return { ...polled, again: () => wake.current() };
}
