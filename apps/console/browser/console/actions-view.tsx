import { momentText } from "@p4/pages/view";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ActionDialog } from "./action-dialog.tsx";
import { actionWords, type ActionName } from "./action-words.ts";
import { askApi } from "./ask-api.ts";

interface Noted {
  readonly action: string;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
  readonly outcome: string;
}

export interface ActionsProps {
  readonly channelId: string;
  readonly txids: readonly string[];
  /** No more time and no end for what has ended. */
  readonly isOver: boolean;
  readonly closeWarning: string | null;
  /** Something was done: what is shown is old. */
  readonly onDone: () => void;
}

/** What an operator may do, what was done, and the evidence to take away. */
export function ActionsView(props: ActionsProps): VNode {
  const { channelId, isOver, txids } = props;
  const [open, setOpen] = useState<ActionName | null>(null);
  const [told, setTold] = useState("");
  const [noted, setNoted] = useState<readonly Noted[]>([]);
  const read = async (): Promise<void> => {
    const answer = await askApi<{ actions: readonly Noted[] }>(`/channels/${channelId}/actions`);
    if (answer.ok) setNoted(answer.value.actions);
  };
  useEffect(() => void read(), [channelId]);
  const done = (outcome: string): void => {
    setOpen(null);
    setTold(outcome);
    props.onDone();
    void read();
  };
  const isIdle: Readonly<Record<ActionName, boolean>> = {
    extend: isOver,
    close: isOver,
    requeue: txids.length === 0,
    hold: false,
  };
  return (
    <section class="card" aria-label="Actions">
      <h2>Actions</h2>
      <div class="actions">
        {(Object.keys(actionWords) as ActionName[]).map((name) => (
          <button type="button" class="button" disabled={isIdle[name]} onClick={() => setOpen(name)}>
            {actionWords[name].button}
          </button>
        ))}
        <a class="button" href={`/console/api/channels/${channelId}/evidence`} download>
          Download evidence
        </a>
      </div>
      <p role="status" class="small">
        {visibleText(told)}
      </p>
      {noted.length > 0 && (
        <ul class="connections small">
          {noted.map(({ action, reason, by, atMs, outcome }) => (
            <li>
              <span>
                <strong>{action}</strong>: {visibleText(reason)}
              </span>
              <span class="quiet">
                {visibleText(outcome)}; by {visibleText(by)}, {momentText(atMs)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {open !== null && <ActionDialog name={open} {...props} onCancel={() => setOpen(null)} onSuccess={done} />}
    </section>
  );
}
