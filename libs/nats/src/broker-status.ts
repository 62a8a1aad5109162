/** What an operator and `/readyz` want to know about the connection to the broker. */
export type BrokerStatus =
  | { readonly type: "connected" | "reconnected"; readonly server: string; readonly version: string }
  | { readonly type: "disconnected"; readonly server: string }
  | { readonly type: "server-draining"; readonly server: string }
  | { readonly type: "slow-consumer"; readonly subject: string; readonly pending: number }
  | { readonly type: "error"; readonly error: Error }
  | { readonly type: "closed" };

/** A listener that throws must end nothing here: the connection would never count as back. */
export function guarded(onStatus: (status: BrokerStatus) => void): (status: BrokerStatus) => void {
  return (status) => {
    try {
      onStatus(status);
    } catch {
      // Nothing else can be told.
    }
  };
}
