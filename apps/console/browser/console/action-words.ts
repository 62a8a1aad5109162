export type ActionName = "extend" | "close" | "requeue" | "hold";

interface Words {
  readonly button: string;
  readonly does: string;
}

export const actionWords: Readonly<Record<ActionName, Words>> = {
  extend: { button: "Extend deadline", does: "The channel gets more time before it expires." },
  close: {
    button: "Close channel",
    does: "The channel ends for good: it takes no more messages, and its sockets are closed.",
  },
  requeue: {
    button: "Requeue proof",
    does: "Stored proofs of a transaction are judged again, and what is new is delivered to the wallets.",
  },
  hold: {
    button: "Hold",
    does: "The channel is archived now, and the archived file is kept until the hold is removed.",
  },
};
