import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { actionWords, type ActionName } from "./action-words.ts";
import type { ActionsProps } from "./actions-view.tsx";
import { askApi } from "./ask-api.ts";

interface DialogProps extends ActionsProps {
  readonly name: ActionName;
  readonly onCancel: () => void;
  readonly onSuccess: (outcome: string) => void;
}

const hourMs = 3_600_000;

/** Asks for the reason, and for the will to do it. Nothing is sent before. */
export function ActionDialog({ name, channelId, txids, closeWarning, onCancel, onSuccess }: DialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState("2");
  const [txid, setTxid] = useState(txids.at(-1) ?? "");
  const [trouble, setTrouble] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const warning = name === "close" ? closeWarning : null;
  const { button, does } = actionWords[name];
  useEffect(() => dialog.current?.showModal(), []);

  const send = async (): Promise<void> => {
    setIsBusy(true);
    const particulars = {
      extend: { byMs: Math.round(Number(hours) * hourMs) },
      requeue: { txid },
      close: {},
      hold: {},
    };
    const answer = await askApi<{ outcome: string }>(`/channels/${channelId}/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ reason, ...particulars[name] }),
    });
    setIsBusy(false);
    if (answer.ok) onSuccess(answer.value.outcome);
    else setTrouble(answer.text);
  };

  return (
    <dialog ref={dialog} class="card" aria-labelledby="dialog-title" onClose={onCancel}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h2 id="dialog-title">{button}</h2>
        <p>
          {does} Channel: <span class="mono">{channelId}</span>
        </p>
        {warning !== null && (
          <div class="notice bad">
            <p>There is money in this channel</p>
            <p>Careful: {warning}.</p>
          </div>
        )}
        {name === "extend" && (
          <div class="field">
            <label for="hours">Hours more</label>
            <input
              id="hours"
              type="number"
              min="0.1"
              max="8760"
              step="any"
              required
              value={hours}
              onInput={({ currentTarget }) => setHours(currentTarget.value)}
            />
          </div>
        )}
        {name === "requeue" && (
          <div class="field">
            <label for="txid">Transaction</label>
            <select id="txid" value={txid} onChange={({ currentTarget }) => setTxid(currentTarget.value)}>
              {txids.map((each) => (
                <option value={each}>{each}</option>
              ))}
            </select>
          </div>
        )}
        <div class="field">
          <label for="reason">Reason, kept with the channel</label>
          <input
            id="reason"
            required
            maxLength={500}
            autoComplete="off"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </div>
        {warning !== null && (
          <label class="check">
            <input type="checkbox" required />
            Close it all the same
          </label>
        )}
        {trouble !== "" && (
          <p class="notice bad" role="alert">
            {visibleText(trouble)}
          </p>
        )}
        <div class="actions">
          <button type="submit" class="button primary" disabled={isBusy}>
            {button}
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
