import type { CheckoutState } from "./checkout-state.ts";

export interface CheckoutWords {
  readonly tone: "plain" | "good" | "warn" | "bad";
  readonly headline: string;
  readonly detail: string;
}

/** Longer than a miner usually takes to answer. */
const slowCheckMs = 15_000;

const doubtWords: Readonly<Record<NonNullable<CheckoutState["doubt"]>, string>> = {
  doubleSpend: "A miner reports another transaction that spends the same coins. Only a block's proof will tell.",
  rejected: "A miner says that it will not mine the transaction. Only a block's proof will tell.",
  revoked: "The block with the transaction has left the chain. The proof from another block has to come.",
};

/** What happens now and what to do, for the customer. */
export function checkoutWords(state: CheckoutState, nowMs: number): CheckoutWords {
  const { stage, refusal, payment, block, doubt } = state;
  switch (stage) {
    case "waiting":
    case "asked":
      return refusal === null ? unpaidWords(state) : refusedWords(refusal.reason);
    case "checking": {
      const isSlow = payment !== null && nowMs - payment.receivedAtMs > slowCheckMs;
      const detail = isSlow
        ? "This takes longer than usual. Your payment is stored: do not pay again."
        : "The transaction is valid and on its way to a miner. Do not pay again.";
      return { tone: "plain", headline: "Checking the payment", detail };
    }
    case "accepted":
      if (doubt !== null) return { tone: "warn", headline: "Accepted, but in doubt", detail: doubtWords[doubt] };
      return {
        tone: "good",
        headline: "Payment accepted",
        detail: "You are done. The proof that it is in a block follows by itself.",
      };
    case "proved": {
      const where = typeof block?.height === "number" ? ` in block ${block.height}` : "";
      return {
        tone: "good",
        headline: `Paid and proved${where}`,
        detail: "The transaction is in the chain, and its Merkle proof is stored with this invoice.",
      };
    }
    case "expired":
      return {
        tone: "bad",
        headline: "This request has expired",
        detail: "Do not pay it: a payment that comes now is refused. Ask the merchant for a new one.",
      };
    case "closed":
      return {
        tone: "bad",
        headline: "This request was closed",
        detail: "It cannot be paid any more. Ask the merchant for a new one.",
      };
  }
}

function unpaidWords({ stage, attended }: CheckoutState): CheckoutWords {
  if (!attended) {
    return {
      tone: "warn",
      headline: "The merchant cannot be reached at the moment",
      detail: "This page keeps trying. Your wallet can wait, too.",
    };
  }
  return stage === "waiting"
    ? { tone: "plain", headline: "Waiting for your wallet", detail: "Scan the code, or open it on this device." }
    : { tone: "plain", headline: "A wallet has opened this request", detail: "Confirm the payment in the wallet." };
}

function refusedWords(reason: string): CheckoutWords {
  return { tone: "bad", headline: "The last payment was refused", detail: `${sentence(reason)} You may pay again.` };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
