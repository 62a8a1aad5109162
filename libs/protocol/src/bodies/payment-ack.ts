/** An `error` of 0, or none, means accepted; any other number means refused. */
export interface AckError {
  error?: number | null;
  memo?: string | null;
}

/** BIP270 and P4 v0.0.7: the payment comes back with the answer. */
export interface Bip270PaymentAck extends AckError {
  payment: object | string | null;
}

export interface PeerChannel {
  host?: string | null;
  path?: string | null;
  channel_id?: string | null;
  token?: string | null;
}

/** go-dpp v0.1.11, as PayD sends it. */
export interface DppPaymentAck extends AckError {
  id?: string | null;
  tx_id?: string | null;
  peer_channel?: PeerChannel | null;
}

/** BRC-27. */
export interface Brc27PaymentAck extends AckError {
  modeId: string;
  mode?: { transactionIds?: string[] | null; peerChannel?: PeerChannel | null } | null;
  peerChannel?: PeerChannel | null;
  redirectUrl?: string | null;
}
