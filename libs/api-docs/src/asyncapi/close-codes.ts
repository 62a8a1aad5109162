export interface CloseCode {
  readonly code: number;
  readonly meaning: string;
  readonly whatToDo: string;
}

const again = "Join again with since, after a jittered pause.";

/** Why a socket is closed, and what a wallet does then. */
export const closeCodes: readonly CloseCode[] = [
  { code: 4000, meaning: "The channel is over: expired or closed.", whatToDo: "Nothing." },
  { code: 4100, meaning: "Not here and now.", whatToDo: again },
  {
    code: 4200,
    meaning: "This node is shutting down.",
    whatToDo: "Join again with since, at once, at any other node.",
  },
  { code: 4290, meaning: "Read too slowly, or too many of its messages were refused.", whatToDo: again },
  { code: 1009, meaning: "A message over the limit; an error message came before.", whatToDo: "Do not send it again." },
  { code: 1006, meaning: "The connection broke.", whatToDo: again },
];
