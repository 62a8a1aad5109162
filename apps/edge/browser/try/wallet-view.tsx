import { Amount, Moment } from "@p4/pages/view";
import type { DppPaymentRequest } from "@p4/protocol";
import type { ComponentChildren, VNode } from "preact";
import { peerText } from "../../src/pages/try/peer-text.ts";
import { merchantDataOf, sumOf } from "./sign-payment.ts";
import type { WalletState } from "./wallet.ts";

export interface WalletViewProps {
  readonly state: WalletState;
  readonly onPay: () => void;
}

/** The opened request, the button that pays it, and what has happened since. */
export function WalletView({ state, onPay }: WalletViewProps): VNode {
  const { request, busy, signed, trouble } = state;
  return (
    <section class="card" aria-label="Payment request">
      {request !== null && <Request request={request} />}
      {request !== null && signed === null && (
        <button type="button" class="button primary" disabled={busy !== null} onClick={onPay}>
          {busy === null ? "Pay" : "Paying…"}
        </button>
      )}
      <div role="status">
        {busy !== null && <p class="quiet">{busy}…</p>}
        <Steps state={state} />
      </div>
      {trouble !== null && (
        <p class="notice bad" role="alert">
          {peerText(trouble)}
        </p>
      )}
    </section>
  );
}

function Request({ request }: { readonly request: DppPaymentRequest }): VNode {
  const { memo, expirationTimestamp } = request;
  const { name } = merchantDataOf(request);
  const expiresAtMs = typeof expirationTimestamp === "string" ? Date.parse(expirationTimestamp) : Number.NaN;
  return (
    <div class="stack">
      <p class="quiet">
        {typeof name === "string" && name !== "" ? <bdi>{peerText(name)}</bdi> : "A merchant"} asks for
      </p>
      <p class="sum">
        <Amount satoshis={sumOf(request)} />
      </p>
      {typeof memo === "string" && <p>{peerText(memo)}</p>}
      {!Number.isNaN(expiresAtMs) && (
        <p class="quiet small">
          Until <Moment atMs={expiresAtMs} />
        </p>
      )}
    </div>
  );
}

function Steps({ state: { signed, ack, proof } }: { readonly state: WalletState }): VNode {
  return (
    <ol class="progress">
      {signed !== null && (
        <Step ok title={`Signed, with a fee of ${String(signed.feeSatoshis)} satoshis`}>
          <span class="mono">{signed.txid}</span>
        </Step>
      )}
      {ack !== null && (
        <Step ok={ack.accepted} title={ack.accepted ? "Accepted by the merchant" : "Refused by the merchant"}>
          {ack.memo === null ? "" : peerText(ack.memo)}
        </Step>
      )}
      {ack?.accepted === true && proof === null && (
        <li class="quiet">
          <span class="mark" aria-hidden="true">
            …
          </span>
          Waiting for the proof
        </li>
      )}
      {proof?.ok === true && (
        <Step ok title={`Proved in block ${String(proof.blockHeight ?? "of unknown height")}`}>
          This page has followed the Merkle path from the transaction to the root{" "}
          <span class="mono">{proof.merkleRoot}</span>
          {proof.signed ? ", checked the miner's signature" : ""}
          {proof.header === "confirmed"
            ? ", and the chain's header has that root."
            : "; no header of that block is known."}
        </Step>
      )}
      {proof?.ok === false && (
        <Step ok={false} title="A proof came that does not hold">
          {peerText(proof.reason)}
        </Step>
      )}
    </ol>
  );
}

interface StepProps {
  readonly ok: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Step({ ok, title, children }: StepProps): VNode {
  return (
    <li class={ok ? "" : "failed"}>
      <span class="mark" aria-hidden="true">
        {ok ? "✓" : "✕"}
      </span>
      <div>
        <strong>{title}</strong>
        <p class="small quiet">{children}</p>
      </div>
    </li>
  );
}
