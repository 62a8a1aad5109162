import { isPublicKey, verifyEvidence, type EvidenceReport } from "@p4/evidence";
import { render, type VNode } from "preact";
import { useState } from "preact/hooks";
import { ReportView } from "./verify/report-view.tsx";

interface Chosen {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An evidence file has the messages of one channel; more than this is none. */
const maxBytes = 128 * 1024 * 1024;

function Verifier(): VNode {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [keys, setKeys] = useState("");
  const [report, setReport] = useState<EvidenceReport | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);

  const verify = (file: Chosen, text: string): void => {
    const trustedKeys = text.split(/[\s,]+/).filter((key) => key !== "");
    const wrong = trustedKeys.find((key) => !isPublicKey(key));
    setTrouble(wrong === undefined ? null : "Public key: must be 66 hexadecimal digits in lower case, from 02 or 03");
    if (wrong === undefined) setReport(verifyEvidence(file.bytes, { trustedKeys }));
  };
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setReport(null);
    if (file.size > maxBytes) {
      setTrouble("File: must be at most 128 MiB");
      return;
    }
    const next = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    setChosen(next);
    verify(next, keys);
  };

  return (
    <div class="verify">
      <div>
        <h1>Verify evidence</h1>
        <p class="quiet">
          An evidence file tells the history of one payment channel. It is checked in this page, byte for byte; nothing
          leaves your machine, and no network is needed.
        </p>
      </div>
      <form
        class={`card drop ${isOver ? "over" : ""}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen !== null) verify(chosen, keys);
        }}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          void choose(event.dataTransfer?.files[0]);
        }}
      >
        <div class="field">
          <label for="file">Evidence file (.p4e): choose it, or drop it here</label>
          <input id="file" type="file" onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])} />
        </div>
        <div class="field">
          <label for="keys">The operator's public key, as you know it from elsewhere</label>
          <input
            id="keys"
            class="mono"
            value={keys}
            autoComplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setKeys(currentTarget.value)}
          />
        </div>
        <button type="submit" class="button primary" disabled={chosen === null}>
          Verify
        </button>
        {trouble !== null && (
          <p class="notice bad" role="alert">
            {trouble}
          </p>
        )}
      </form>
      {report !== null && chosen !== null && <ReportView name={chosen.name} report={report} />}
    </div>
  );
}

const root = document.getElementById("verify");
if (root !== null) {
  root.replaceChildren();
  render(<Verifier />, root);
}
