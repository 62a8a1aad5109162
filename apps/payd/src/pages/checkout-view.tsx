import { bsvText, countdownText, Fact, Moment, satoshisText } from "@p4/pages/view";
import type { VNode } from "preact";
import type { CheckoutStage, CheckoutState } from "./checkout-state.ts";
import { checkoutWords } from "./checkout-words.ts";

export interface CheckoutViewProps {
  readonly state: CheckoutState;
  readonly nowMs: number;
  /** Where a wallet in the browser can pay this; null where there is none. */
  readonly tryUrl: string | null;
  /** What only a script can do; absent on the server. */
  readonly live?: LiveParts | undefined;
}

export interface LiveParts {
  /** Whether changes are being heard of. */
  readonly connected: boolean;
  /** `selected`: the browser does not let the page copy, so the customer does. */
  readonly copied: "no" | "copied" | "selected";
  copy(): void;
  print(): void;
}

/** The invoice with its state: drawn by the server, and again by the browser with each change. */
export function CheckoutView({ state, nowMs, tryUrl, live }: CheckoutViewProps): VNode {
  const isPaid = state.stage === "accepted" || state.stage === "proved";
  const isOpen = state.stage === "waiting" || state.stage === "asked";
  return (
    <div class="checkout" data-stage={state.stage}>
      <section class="card request" aria-label="Payment request">
        <div class="price">
          <p class="quiet">
            {isPaid ? "Paid to" : "Asked for by"} <bdi>{state.merchant}</bdi>
          </p>
          <h1>
            {satoshisText(state.satoshis)} <small>satoshis</small>
          </h1>
          <p class="quiet number">
            {bsvText(state.satoshis)} BSV
            {state.price !== null && `, for ${state.price.amount} ${state.price.currency}`}
          </p>
        </div>
        {state.memo !== null && (
          <p class="memo" tabIndex={0}>
            <bdi>{state.memo}</bdi>
          </p>
        )}
        <Steps stage={state.stage} />
        <Status state={state} nowMs={nowMs} />
        {live?.connected === false && (
          <p class="notice warn no-print">Live updates are interrupted; this page keeps trying to get them back.</p>
        )}
        {isOpen && <Countdown leftMs={state.expiresAtMs - nowMs} expiresAtMs={state.expiresAtMs} />}
      </section>
      {isOpen ? <Pay state={state} tryUrl={tryUrl} live={live} /> : <Receipt state={state} live={live} />}
    </div>
  );
}

const steps = ["Asked", "Checked", "Accepted", "Proved"];

const stepOf: Readonly<Record<CheckoutStage, number>> = {
  waiting: 0,
  asked: 1,
  checking: 2,
  accepted: 3,
  proved: 4,
  expired: 0,
  closed: 0,
};

function Steps({ stage }: { readonly stage: CheckoutStage }): VNode {
  const reached = stepOf[stage];
  const isOver = stage === "expired" || stage === "closed";
  return (
    <ol class="steps" aria-label="Progress">
      {steps.map((name, index) => {
        const isDone = index < reached;
        const isCurrent = index === reached && !isOver;
        return (
          <li class={isDone ? "done" : isCurrent ? "current" : ""} aria-current={isCurrent ? "step" : undefined}>
            {name}
          </li>
        );
      })}
    </ol>
  );
}

function Status({ state, nowMs }: { readonly state: CheckoutState; readonly nowMs: number }): VNode {
  const { tone, headline, detail } = checkoutWords(state, nowMs);
  return (
    <div class={`notice status ${tone}`} role="status">
      <p>{headline}</p>
      <p>
        <bdi>{detail}</bdi>
      </p>
    </div>
  );
}

function Countdown({ leftMs, expiresAtMs }: { readonly leftMs: number; readonly expiresAtMs: number }): VNode {
  return (
    <p class="countdown quiet small">
      <span>
        Expires in <span class="number">{countdownText(leftMs)}</span>
      </span>
      <Moment atMs={expiresAtMs} />
    </p>
  );
}

const copyWords = { no: "Copy link", copied: "Copied", selected: "Selected: copy it now" };

function Pay({ state, tryUrl, live }: Pick<CheckoutViewProps, "state" | "tryUrl" | "live">): VNode {
  return (
    <section class="card pay no-print" aria-label="How to pay">
      <img
        class="qr"
        src={`/i/${state.id}/qr.svg`}
        width="288"
        height="288"
        alt="QR code of the payment request, for a wallet's camera"
      />
      <a class="button primary" href={state.uri}>
        Open wallet
      </a>
      <div class="field">
        <label for="uri">Payment link</label>
        <input id="uri" class="mono" readOnly value={state.uri} />
      </div>
      {live !== undefined && (
        <button class="button" type="button" onClick={() => live.copy()}>
          {copyWords[live.copied]}
        </button>
      )}
      {tryUrl !== null && (
        // In a window of its own: this page goes on to follow the payment.
        <a class="button" href={tryUrl} target="_blank" rel="noopener">
          Pay with the test wallet
        </a>
      )}
    </section>
  );
}

function Receipt({ state, live }: Pick<CheckoutViewProps, "state" | "live">): VNode {
  const { payment, block } = state;
  return (
    <section class="card receipt" aria-label={payment === null ? "Invoice" : "Receipt"}>
      <h2>{payment === null ? "Invoice" : "Receipt"}</h2>
      <dl class="facts">
        <Fact name="Merchant">
          <bdi>{state.merchant}</bdi>
        </Fact>
        <Fact name="Amount">{satoshisText(state.satoshis)} satoshis</Fact>
        {payment !== null && (
          <>
            <Fact name="Received">
              <Moment atMs={payment.receivedAtMs} />
            </Fact>
            <Fact name="Transaction">
              <span class="mono">{payment.txid}</span>
            </Fact>
          </>
        )}
        {block !== null && (
          <>
            {block.height !== null && <Fact name="Block">{String(block.height)}</Fact>}
            {block.hash !== null && (
              <Fact name="Block hash">
                <span class="mono">{block.hash}</span>
              </Fact>
            )}
          </>
        )}
        {payment === null && (
          <Fact name="Expired">
            <Moment atMs={state.expiresAtMs} />
          </Fact>
        )}
        <Fact name="Invoice">
          <span class="mono">{state.id}</span>
        </Fact>
      </dl>
      {live !== undefined && payment !== null && (
        <button class="button no-print" type="button" onClick={() => live.print()}>
          Print the receipt
        </button>
      )}
    </section>
  );
}
