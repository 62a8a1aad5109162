import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Report {
  readonly checks?: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

const everyMs = 2_000;
const answerWithinMs = 5_000;

/** Says that the server or its broker is away, and when that is over. Lies over the end of the page: nothing moves. */
export function ServerNotice(): VNode {
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const look = async (): Promise<void> => {
      const found = document.hidden ? null : await troubleOfServer();
      if (isOver) return;
      setTrouble(found);
      timer = window.setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <div role="status" class="stale">
      {trouble !== null && (
        <p class="notice warn">
          <strong>Interrupted at the moment.</strong> The reason: {visibleText(trouble)}. It goes on by itself; nothing
          that the server has confirmed is lost.
        </p>
      )}
    </div>
  );
}

/** Null: it serves. */
async function troubleOfServer(): Promise<string | null> {
  try {
    const response = await fetch("/readyz", { signal: AbortSignal.timeout(answerWithinMs) });
    if (response.ok) return null;
    const { checks = {} } = (await response.json()) as Report;
    const [failed] = Object.entries(checks).filter(([, { ok }]) => !ok);
    return failed === undefined ? "the server is not ready" : `${failed[0]}: ${failed[1].detail ?? "not ready"}`;
  } catch {
    return "the server does not answer";
  }
}
