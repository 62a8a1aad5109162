/** What an operator and `/readyz` want to know about the connection to the broker. */
export type BrokerStatus =
  | { readonly type: "connected" | "reconnected"; readonly server: string; readonly version: string }
  | { readonly type: "disconnected"; readonly server: string }
  | { readonly type: "server-draining"; readonly server: string }
  | { readonly type: "slow-consumer"; readonly subject: string; readonly pending: number }
  | { readonly type: "error"; readonly error: Error }
  | { readonly type: "closed" };
