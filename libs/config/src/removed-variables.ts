/** Variables of earlier versions, with what does their work now: completes "is no longer a variable: ...". */
export const removedVariables: Readonly<Record<string, string>> = {
  P4_MAX_CONNECTIONS_PER_CHANNEL: "a channel takes 64 WebSockets and 1000 event streams",
  P4_MAX_JOINS_UNDER_WAY: "2000 joins are decided at the same time",
  P4_MAX_STORE_BACKLOG: "how many channels are opened at once adapts by itself",
  P4_MAX_LOOP_LAG: "how many channels are opened at once adapts by itself",
};
